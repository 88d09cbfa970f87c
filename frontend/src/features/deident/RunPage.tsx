import { Accordion, Anchor, Box, Button, Group, List, SimpleGrid, Stack, Table, Text } from "@mantine/core";
import { IconEye } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";

import type { Counted, Run, StudyReport } from "@/shared/api/deidentification";
import { isLive, jobQuery } from "@/shared/api/jobs";
import { formatMoment } from "@/shared/format";
import { JobButtons } from "@/shared/ui/JobProgress";
import { Loaded } from "@/shared/ui/Loaded";
import { Page } from "@/shared/ui/Page";
import { Panel } from "@/shared/ui/Panel";
import { StateMark, type Tone } from "@/shared/ui/StateMark";
import { failureText } from "@/shared/ui/jobTexts";

import { profileQuery, runQuery } from "./queries";
import { RunState } from "./RunsPanel";

const counts = ["made", "present", "held", "refused"] as const;
const tones: Readonly<Record<(typeof counts)[number], Tone>> = {
  made: "good",
  present: "quiet",
  held: "needs",
  refused: "bad",
};

/** Cancel a run, or go on with one that was cancelled or failed. */
function RunButtons({ run }: { run: Run }) {
  const job = useQuery({
    ...jobQuery(run.job ?? ""),
    enabled: run.job !== null && run.state !== "succeeded",
    refetchInterval: (query) => (query.state.data && isLive(query.state.data) ? 2000 : false),
  });
  if (!job.data || run.state === "succeeded") return null;
  return <JobButtons job={job.data} stale={["deidentification"]} />;
}

function Totals({ run }: { run: Run }) {
  const { t } = useTranslation();
  const ended = run.state === "cancelled" ? t("deident.run.cancelled") : failureText(t, run);
  return (
    <SimpleGrid cols={5}>
      {counts.map((name) => (
        <Stack key={name} gap={2}>
          <Text size="xl" fw={600} data-testid={`run-count-${name}`}>
            {run.counts[name]}
          </Text>
          <StateMark tone={run.counts[name] > 0 ? tones[name] : "quiet"} text={t(`deident.counts.${name}`)} />
        </Stack>
      ))}
      <Stack gap={2}>
        <Box h={31} style={{ display: "flex", alignItems: "center" }}>
          <Group gap="sm" wrap="nowrap">
            <RunState run={run} />
            <RunButtons run={run} />
          </Group>
        </Box>
        <Text size="sm" c={run.error_message ? "var(--fid-red)" : "dimmed"}>
          {ended || t("deident.run.series", { count: run.series_count })}
        </Text>
      </Stack>
    </SimpleGrid>
  );
}

function CountedList({ title, rows, texts }: { title: string; rows: readonly Counted[]; texts: string }) {
  const { t } = useTranslation();
  if (rows.length === 0) return null;
  return (
    <Stack gap={4}>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      <List size="sm" spacing={2}>
        {rows.map(({ code, detail, count }) => (
          <List.Item key={`${code}${detail}`}>
            {`${t(`deident.${texts}.${code}`, { defaultValue: detail || code })} (${count})`}
          </List.Item>
        ))}
      </List>
    </Stack>
  );
}

function Changes({ report }: { report: StudyReport }) {
  const { t } = useTranslation();
  return (
    <Table.ScrollContainer minWidth={600} mah={420}>
      <Table stickyHeader data-testid="run-changes">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("deident.report.attribute")}</Table.Th>
            <Table.Th>{t("deident.report.action")}</Table.Th>
            <Table.Th>{t("deident.report.rule")}</Table.Th>
            <Table.Th ta="right">{t("deident.report.times")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {report.changes.map((change) => (
            <Table.Tr key={`${change.tag}${change.action}${change.rule}`} data-testid="run-change">
              <Table.Td>
                <Group gap="sm">
                  <Text size="sm">{change.name}</Text>
                  <Text className="fid-mono" c="dimmed">
                    {change.tag}
                  </Text>
                </Group>
              </Table.Td>
              <Table.Td>{t(`deident.action.${change.action}`, { defaultValue: change.action })}</Table.Td>
              <Table.Td c="dimmed">
                {t([`deident.rule.${change.rule}`, `deident.option.${change.rule}`], { defaultValue: change.rule })}
              </Table.Td>
              <Table.Td className="fid-figure">{change.count}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

const byPseudonym = (studies: readonly StudyReport[]) =>
  [...studies].sort((a, b) => a.pseudonym.localeCompare(b.pseudonym, "en", { numeric: true }));

/** False while every instance of the study is held: then there is no study to look at yet. */
function isMade(report: StudyReport): boolean {
  return report.held.every(({ count }) => count < report.instances);
}

function Report({ report }: { report: StudyReport }) {
  const { t } = useTranslation();
  return (
    <Stack>
      <Group gap="lg">
        <Text className="fid-mono" c="dimmed">
          {report.study_uid}
        </Text>
        {isMade(report) ? (
          <Anchor component={Link} to={`/studies/${report.study_uid}`} size="sm">
            {t("deident.report.look")}
          </Anchor>
        ) : null}
      </Group>
      <CountedList title={t("deident.report.held")} rows={report.held} texts="why" />
      <CountedList title={t("deident.report.refused")} rows={report.refused} texts="refusal" />
      <CountedList title={t("deident.report.warnings")} rows={report.warnings} texts="warning" />
      <Changes report={report} />
    </Stack>
  );
}

/** What a run did: per study every attribute that was changed, by which rule, and what waits for a person. */
export default function RunPage() {
  const { t } = useTranslation();
  const { runId = "" } = useParams();
  const run = useQuery(runQuery(runId));
  const profile = useQuery({ ...profileQuery(run.data?.profile ?? ""), enabled: run.data !== undefined });
  const held = profile.data?.held ?? 0;
  return (
    <Page
      title={t("deident.report.title")}
      lead={run.data ? `${formatMoment(run.data.created_at)} · ${run.data.started_by}` : null}
      trail={
        <Anchor component={Link} to={`/deidentification/${run.data?.profile ?? ""}`} size="sm">
          {profile.data?.name ?? t("deident.title")}
        </Anchor>
      }
      actions={
        held > 0 ? (
          <Button
            component={Link}
            to={`/deidentification/${run.data?.profile ?? ""}/review`}
            leftSection={<IconEye size={16} />}
            data-testid="review-open"
          >
            {t("deident.review.open", { count: held })}
          </Button>
        ) : null
      }
      width={1200}
      testId="run-page"
    >
      <Panel>
        <Loaded query={run} rows={2}>
          {(found) => <Totals run={found} />}
        </Loaded>
      </Panel>
      <Panel title={t("deident.report.studies")} flush testId="run-report">
        <Loaded query={run} rows={4}>
          {(found) =>
            found.studies.length === 0 ? (
              <Text size="sm" c="dimmed" p="lg">
                {t(
                  found.state === "queued" || found.state === "running"
                    ? "deident.report.empty"
                    : "deident.report.nothing",
                )}
              </Text>
            ) : (
              <Accordion multiple variant="filled" chevronPosition="left">
                {byPseudonym(found.studies).map((report) => (
                  <Accordion.Item key={report.study_uid} value={report.study_uid}>
                    <Accordion.Control data-testid="report-study">
                      <Group gap="lg">
                        <Text fw={600}>{report.pseudonym}</Text>
                        <Text size="sm" c="dimmed">
                          {t("deident.report.summary", {
                            series: report.series.length,
                            instances: report.instances,
                            changes: report.changes.length,
                          })}
                        </Text>
                      </Group>
                    </Accordion.Control>
                    <Accordion.Panel>
                      <Report report={report} />
                    </Accordion.Panel>
                  </Accordion.Item>
                ))}
              </Accordion>
            )
          }
        </Loaded>
      </Panel>
    </Page>
  );
}
