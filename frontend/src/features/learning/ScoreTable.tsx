import { Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { formatFigure } from "@/shared/format";

import type { TrainingRun } from "./types";

/** Held-out Dice of champion and challenger side by side, per label and mean, with three digits. */
export function ScoreTable({ run }: { run: TrainingRun }) {
  const { t } = useTranslation();
  const { champion, challenger } = run.scores;
  if (!challenger && !champion) {
    return (
      <Text size="sm" c="dimmed">
        {t("learning.noScore")}
      </Text>
    );
  }
  const labels = [...new Set([champion, challenger].flatMap((score) => Object.keys(score?.per_label ?? {})))];
  return (
    <Table data-testid="score-table">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t("learning.label")}</Table.Th>
          <Table.Th ta="right">{t("learning.scoreChampion")}</Table.Th>
          <Table.Th ta="right">{t("learning.scoreChallenger")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {labels.map((value) => (
          <Table.Tr key={value}>
            <Table.Td>{run.label_names[value] ?? value}</Table.Td>
            <Table.Td className="fid-figure">{formatFigure(champion?.per_label[value], 3)}</Table.Td>
            <Table.Td className="fid-figure">{formatFigure(challenger?.per_label[value], 3)}</Table.Td>
          </Table.Tr>
        ))}
        <Table.Tr fw={600}>
          <Table.Td>{t("learning.mean")}</Table.Td>
          <Table.Td className="fid-figure" data-testid="score-champion">
            {formatFigure(champion?.mean, 3)}
          </Table.Td>
          <Table.Td className="fid-figure" data-testid="score-challenger">
            {formatFigure(challenger?.mean, 3)}
          </Table.Td>
        </Table.Tr>
      </Table.Tbody>
    </Table>
  );
}
