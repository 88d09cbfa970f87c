import { Anchor, Table, Text } from "@mantine/core";
import { IconSchool } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { versionName } from "@/shared/api/models";
import { formatFigure, formatMoment } from "@/shared/format";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Panel } from "@/shared/ui/Panel";

import { RunState } from "./RunState";
import type { Learning, TrainingRun } from "./types";

export function ChampionHistory({ history }: { history: Learning["history"] }) {
  const { t } = useTranslation();
  return (
    <Panel title={t("learning.history")} flush testId="champion-history">
      {history.length === 0 ? (
        <Text size="sm" c="dimmed" p="lg">
          {t("learning.historyNone")}
        </Text>
      ) : (
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("learning.at")}</Table.Th>
              <Table.Th>{t("learning.champion")}</Table.Th>
              <Table.Th>{t("learning.change")}</Table.Th>
              <Table.Th>{t("learning.who")}</Table.Th>
              <Table.Th>{t("learning.reason")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {history.map((change) => (
              <Table.Tr key={change.id} data-testid="champion-change" data-kind={change.kind}>
                <Table.Td style={{ whiteSpace: "nowrap" }}>{formatMoment(change.created_at)}</Table.Td>
                <Table.Td>{change.version ? versionName(change.version) : "–"}</Table.Td>
                <Table.Td>{t(`learning.kind.${change.kind}`)}</Table.Td>
                <Table.Td>{change.changed_by?.display_name ?? t("learning.byTraining")}</Table.Td>
                <Table.Td maw={400}>
                  <Text size="sm" c="dimmed" lineClamp={2}>
                    {change.reason}
                  </Text>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Panel>
  );
}

export function RunsTable({ runs }: { runs: readonly TrainingRun[] }) {
  const { t } = useTranslation();
  return (
    <Panel title={t("learning.runs")} flush>
      {runs.length === 0 ? (
        <EmptyState icon={IconSchool} title={t("learning.runsNone")} text={t("learning.runsNoneText")} />
      ) : (
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("learning.started2")}</Table.Th>
              <Table.Th>{t("common.state")}</Table.Th>
              <Table.Th>{t("learning.cases")}</Table.Th>
              <Table.Th>{t("learning.result")}</Table.Th>
              <Table.Th ta="right">{t("learning.scoreChampion")}</Table.Th>
              <Table.Th ta="right">{t("learning.scoreChallenger")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {runs.map((run) => (
              <Table.Tr key={run.id} data-testid="run-row" data-state={run.state}>
                <Table.Td style={{ whiteSpace: "nowrap" }}>
                  <Anchor component={Link} to={`runs/${run.id}`} data-testid="run-open">
                    {formatMoment(run.created_at)}
                  </Anchor>{" "}
                  <Text span size="xs" c="dimmed">
                    {t(`learning.startedBy.${run.started_by}`)}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <RunState run={run} />
                </Table.Td>
                <Table.Td>
                  {t("learning.casesOf", {
                    train: run.split["train"]?.length ?? 0,
                    heldOut: run.split["held_out"]?.length ?? 0,
                  })}
                </Table.Td>
                <Table.Td>{run.result_version ? versionName(run.result_version) : "–"}</Table.Td>
                <Table.Td className="fid-figure">{formatFigure(run.scores.champion?.mean, 3)}</Table.Td>
                <Table.Td className="fid-figure">{formatFigure(run.scores.challenger?.mean, 3)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Panel>
  );
}
