import { Anchor, Code, Progress, SimpleGrid, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";

import { client, take } from "@/shared/api/client";
import { formatFigure, formatMoment } from "@/shared/format";
import { failureText, progressText } from "@/shared/ui/jobTexts";
import { Loaded } from "@/shared/ui/Loaded";
import { Page } from "@/shared/ui/Page";
import { Panel } from "@/shared/ui/Panel";

import { RunCurve } from "./RunCurve";
import { RunState } from "./RunState";
import { ScoreTable } from "./ScoreTable";
import { isUnderWay, type TrainingRun } from "./types";

function PerCase({ run }: { run: TrainingRun }) {
  const { t } = useTranslation();
  const score = run.scores.challenger;
  if (!score) return null;
  const labels = Object.keys(score.per_label);
  return (
    <Panel title={t("learning.perCase")} flush>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("learning.cases")}</Table.Th>
            {labels.map((value) => (
              <Table.Th key={value} ta="right">
                {run.label_names[value] ?? value}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {score.per_case.map((row) => (
            <Table.Tr key={row.name}>
              <Table.Td>{row.name}</Table.Td>
              {labels.map((value) => (
                <Table.Td key={value} className="fid-figure">
                  {formatFigure(row.per_label[value], 3)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Panel>
  );
}

export default function RunPage() {
  const { t } = useTranslation();
  const { runId = "", projectId = "" } = useParams();
  const run = useQuery({
    queryKey: ["training-run", runId],
    queryFn: () => take(client.GET("/api/training-runs/{run_id}", { params: { path: { run_id: runId } } })),
  });
  return (
    <Page
      title={t("learning.runTitle", { at: formatMoment(run.data?.created_at) })}
      lead={run.data ? <RunState run={run.data} /> : null}
      trail={
        <Anchor component={Link} to={`/projects/${projectId}/learning`} size="sm">
          {t("learning.all")}
        </Anchor>
      }
      testId="run-page"
    >
      <Loaded query={run}>
        {(data) => (
          <Stack gap="lg">
            {isUnderWay(data) ? (
              <Stack gap={4}>
                <Progress value={data.progress * 100} size={6} />
                <Text size="sm" c="dimmed">
                  {progressText(t, data.message)}
                </Text>
              </Stack>
            ) : null}
            {data.error_message ? <Text c="var(--fid-red)">{failureText(t, data)}</Text> : null}
            <Panel title={t("learning.curveTitle")}>
              <RunCurve run={data} />
            </Panel>
            <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
              <Panel title={t("learning.heldOut")} flush={Boolean(data.scores.challenger)}>
                <ScoreTable run={data} />
              </Panel>
              <PerCase run={data} />
            </SimpleGrid>
            <Panel title={t("learning.settings")}>
              <Code block>{JSON.stringify(data.settings, null, 2)}</Code>
            </Panel>
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}
