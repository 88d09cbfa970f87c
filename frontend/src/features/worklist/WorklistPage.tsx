import { Anchor, Button, Group, Kbd, SegmentedControl, Stack, Table, Text, TextInput, Tooltip } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconChecks, IconClipboardList, IconFilterOff, IconPlayerTrackNext, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";

import { client, take } from "@/shared/api/client";
import { asApiError } from "@/shared/api/errors";
import { formatMoment } from "@/shared/format";
import { nameLikely } from "@/shared/likely";
import { hasRoleAnywhere, useSession } from "@/shared/session/session";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Loaded } from "@/shared/ui/Loaded";
import { Page } from "@/shared/ui/Page";
import { Panel } from "@/shared/ui/Panel";
import { StateMark, type Tone } from "@/shared/ui/StateMark";
import { useAction } from "@/shared/ui/useAction";

import { filterRows, type Show, type WorklistRow } from "./filter";

const tones: Readonly<Record<WorklistRow["state"], Tone>> = {
  assigned: "quiet",
  open: "active",
  submitted: "good",
  returned: "needs",
};

function useNextCase() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return useAction<void, { reading: string } | null>({
    run: async () => {
      try {
        return await take(client.POST("/api/worklist/next", { body: {} }));
      } catch (error) {
        if (asApiError(error).code === "worklist_empty") return null;
        throw error;
      }
    },
    onDone: (next) => {
      if (next) void navigate(`/readings/${next.reading}`, { flushSync: true });
      else notifications.show({ message: t("worklist.nextNone"), color: "accent" });
    },
  });
}

function WorklistTable({ rows }: { rows: readonly WorklistRow[] }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const first = rows.find(({ state }) => state !== "submitted")?.reading ?? null;
  useEffect(() => nameLikely(first), [first]);
  return (
    <Table highlightOnHover data-testid="worklist-table">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t("worklist.case")}</Table.Th>
          <Table.Th>{t("worklist.project")}</Table.Th>
          <Table.Th>{t("worklist.study")}</Table.Th>
          <Table.Th>{t("worklist.modality")}</Table.Th>
          <Table.Th ta="right">{t("worklist.frames")}</Table.Th>
          <Table.Th>{t("common.state")}</Table.Th>
          <Table.Th ta="right">{t("worklist.submitted")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Table.Tr
            key={row.reading}
            onClick={() => void navigate(`/readings/${row.reading}`, { flushSync: true })}
            onPointerEnter={() => nameLikely(row.reading)}
            style={{ cursor: "pointer" }}
            data-testid="worklist-row"
            data-reading={row.reading}
            data-state={row.state}
          >
            <Table.Td>
              <Anchor component={Link} to={`/readings/${row.reading}`} onClick={(event) => event.stopPropagation()}>
                {t("worklist.caseNumber", { number: row.case_number })}
              </Anchor>
            </Table.Td>
            <Table.Td>{row.project.name}</Table.Td>
            <Table.Td>{row.study_description || "–"}</Table.Td>
            <Table.Td>{row.modality}</Table.Td>
            <Table.Td className="fid-figure">{row.frame_count}</Table.Td>
            <Table.Td>
              <Stack gap={0}>
                <StateMark tone={tones[row.state]} text={t(`common.reading.${row.state}`)} />
                {row.state === "returned" && row.return_reason ? (
                  <Text size="xs" c="var(--fid-amber)">
                    {t("worklist.returned", { reason: row.return_reason })}
                  </Text>
                ) : null}
              </Stack>
            </Table.Td>
            <Table.Td className="fid-figure">{formatMoment(row.submitted_at)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function NothingShown({ all, onClear }: { all: readonly WorklistRow[]; onClear: () => void }) {
  const { t } = useTranslation();
  const manages = hasRoleAnywhere(useSession().data, "manager");
  if (all.length === 0) {
    return (
      <EmptyState
        icon={IconClipboardList}
        title={t("worklist.empty")}
        text={t(manages ? "worklist.emptyManager" : "worklist.emptyText")}
        action={
          manages ? (
            <Button component={Link} to="/projects" variant="default">
              {t("worklist.toProjects")}
            </Button>
          ) : null
        }
      />
    );
  }
  if (all.every((row) => row.state === "submitted")) {
    return <EmptyState icon={IconChecks} title={t("worklist.done")} text={t("worklist.doneText")} />;
  }
  return (
    <EmptyState
      icon={IconFilterOff}
      title={t("worklist.noMatch")}
      text={t("worklist.noMatchText")}
      action={
        <Button variant="default" onClick={onClear}>
          {t("worklist.clear")}
        </Button>
      }
    />
  );
}

export default function WorklistPage() {
  const { t } = useTranslation();
  const [filter, setFilter] = useState("");
  const [show, setShow] = useState<Show>("todo");
  const box = useRef<HTMLInputElement>(null);
  const next = useNextCase();
  const worklist = useQuery({ queryKey: ["worklist"], queryFn: () => take(client.GET("/api/worklist")) });
  useHotkeys([
    ["N", () => next.mutate()],
    ["/", () => box.current?.focus()],
  ]);
  const clear = () => {
    setFilter("");
    setShow("all");
  };
  return (
    <Page
      title={t("worklist.title")}
      lead={t("worklist.lead")}
      testId="worklist-page"
      actions={
        <Button
          size="md"
          leftSection={<IconPlayerTrackNext size={18} />}
          rightSection={<Kbd size="xs">{t("worklist.nextKey")}</Kbd>}
          loading={next.isPending}
          onClick={() => next.mutate()}
          data-testid="next-case"
        >
          {t("worklist.next")}
        </Button>
      }
    >
      <Group justify="space-between">
        <Tooltip label={t("worklist.filterKey")}>
          <TextInput
            ref={box}
            placeholder={t("worklist.filter")}
            aria-label={t("worklist.filter")}
            leftSection={<IconSearch size={16} />}
            value={filter}
            onChange={(event) => setFilter(event.currentTarget.value)}
            w={360}
            data-testid="worklist-filter"
          />
        </Tooltip>
        <SegmentedControl
          value={show}
          onChange={(value) => setShow(value as Show)}
          data={(["todo", "done", "all"] as const).map((value) => ({ value, label: t(`worklist.show.${value}`) }))}
          data-testid="worklist-show"
        />
      </Group>
      <Panel flush>
        <Loaded query={worklist} rows={8}>
          {(all) => {
            const rows = filterRows(all, show, filter, (row) => t(`common.reading.${row.state}`));
            return rows.length === 0 ? <NothingShown all={all} onClear={clear} /> : <WorklistTable rows={rows} />;
          }}
        </Loaded>
      </Panel>
    </Page>
  );
}
