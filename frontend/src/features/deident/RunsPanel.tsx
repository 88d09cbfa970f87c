import { Anchor, Box, Button, Group, Modal, Progress, Stack, Table, Text, TextInput } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { IconPlayerPlay, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";

import { startRun, type Profile, type Run } from "@/shared/api/deidentification";
import { studiesQuery } from "@/shared/api/studies";
import { formatMoment, formatShare } from "@/shared/format";
import { ErrorBox } from "@/shared/ui/ErrorBox";
import { Loaded } from "@/shared/ui/Loaded";
import { Panel } from "@/shared/ui/Panel";
import { StateMark, type Tone } from "@/shared/ui/StateMark";
import { StudyTable } from "@/shared/ui/StudyTable";
import { useAction } from "@/shared/ui/useAction";

import { isRunLive, runsQuery } from "./queries";

const pageSize = 100;
const tones: Readonly<Record<string, Tone>> = { running: "active", succeeded: "good", failed: "bad" };

function StudyPicker({
  chosen,
  onChosen,
}: {
  chosen: ReadonlySet<string>;
  onChosen: (next: ReadonlySet<string>) => void;
}) {
  const { t } = useTranslation();
  const [wish, setWish] = useState("");
  const [q] = useDebouncedValue(wish.trim(), 200);
  const studies = useQuery(studiesQuery(q, pageSize, 0));
  return (
    <Stack gap="sm">
      <TextInput
        placeholder={t("studies.search")}
        aria-label={t("studies.search")}
        leftSection={<IconSearch size={16} />}
        value={wish}
        onChange={(event) => setWish(event.currentTarget.value)}
        data-testid="run-search"
      />
      <div style={{ height: 360, overflowY: "auto", border: "1px solid var(--fid-line)", borderRadius: 4 }}>
        <Loaded query={studies} rows={6}>
          {(data) => (
            <StudyTable studies={data.results} chosen={chosen} onChosen={onChosen} testId="run-study" stickyHeader />
          )}
        </Loaded>
      </div>
    </Stack>
  );
}

function StartRun({ profile, onClose }: { profile: Profile; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const start = useAction({
    run: () => startRun(profile.id, [...chosen]),
    stale: ["deidentification", "jobs"],
    onDone: (run) => void navigate(`/deidentification/runs/${run.id}`),
    quiet: true,
  });
  return (
    <Stack>
      <Text size="sm">{t("deident.run.text")}</Text>
      <StudyPicker chosen={chosen} onChosen={setChosen} />
      {start.isError ? <ErrorBox error={start.error} /> : null}
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={onClose}>
          {t("common.cancel")}
        </Button>
        <Button
          disabled={chosen.size === 0}
          loading={start.isPending}
          onClick={() => start.mutate()}
          data-testid="run-start"
        >
          {t("deident.run.start", { count: chosen.size })}
        </Button>
      </Group>
    </Stack>
  );
}

/** How a run stands, in words or as a bar. */
export function RunState({ run }: { run: Run }) {
  const { t } = useTranslation();
  if (run.state === "running") {
    return (
      <Group gap="sm" wrap="nowrap" w={160}>
        <Progress value={run.progress * 100} size={6} style={{ flex: 1 }} aria-label={t("common.job.running")} />
        <Text size="sm" className="fid-figure">
          {formatShare(run.progress)}
        </Text>
      </Group>
    );
  }
  return <StateMark tone={tones[run.state] ?? "quiet"} text={t(`common.job.${run.state}`)} testId="run-state" />;
}

function RunTable({ runs }: { runs: readonly Run[] }) {
  const { t } = useTranslation();
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t("deident.run.at")}</Table.Th>
          <Table.Th>{t("deident.run.by")}</Table.Th>
          <Table.Th ta="right">{t("deident.run.rules")}</Table.Th>
          <Table.Th w={180}>{t("common.state")}</Table.Th>
          {(["made", "present", "held", "refused"] as const).map((name) => (
            <Table.Th key={name} ta="right">
              {t(`deident.counts.${name}`)}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {runs.map((run) => (
          <Table.Tr key={run.id} data-testid="run-row" data-state={run.state}>
            <Table.Td>
              <Anchor component={Link} to={`/deidentification/runs/${run.id}`} size="sm" data-testid="run-open">
                {formatMoment(run.created_at)}
              </Anchor>
            </Table.Td>
            <Table.Td>{run.started_by}</Table.Td>
            <Table.Td className="fid-figure">{run.version}</Table.Td>
            <Table.Td>
              <RunState run={run} />
            </Table.Td>
            <Table.Td className="fid-figure">{run.counts.made}</Table.Td>
            <Table.Td className="fid-figure">{run.counts.present}</Table.Td>
            <Table.Td className="fid-figure">{run.counts.held}</Table.Td>
            <Table.Td className="fid-figure">{run.counts.refused}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** Runs of a profile, and the button to begin one. */
export function RunsPanel({ profile }: { profile: Profile }) {
  const { t } = useTranslation();
  const [opened, dialog] = useDisclosure(false);
  const runs = useQuery(runsQuery(profile.id));
  const busy = runs.data?.results.some(isRunLive) ?? false;
  return (
    <Panel
      title={t("deident.run.title")}
      flush
      actions={
        <Button
          size="xs"
          leftSection={<IconPlayerPlay size={14} />}
          onClick={dialog.open}
          data-testid="run-new"
          {...(busy ? { variant: "default" } : {})}
        >
          {t("deident.run.new")}
        </Button>
      }
      testId="deident-runs"
    >
      <Box mih={112}>
        <Loaded query={runs} rows={2}>
          {(page) =>
            page.results.length === 0 ? (
              <Text size="sm" c="dimmed" p="lg">
                {t("deident.run.empty")}
              </Text>
            ) : (
              <RunTable runs={page.results} />
            )
          }
        </Loaded>
      </Box>
      <Modal opened={opened} onClose={dialog.close} size={840} title={t("deident.run.new")}>
        <StartRun profile={profile} onClose={dialog.close} />
      </Modal>
    </Panel>
  );
}
