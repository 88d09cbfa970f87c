import { Button, Group, Stack, Table, Text } from "@mantine/core";
import { IconChartDots } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { client, take } from "@/shared/api/client";
import type { Schemas } from "@/shared/api/types";
import { formatFigure } from "@/shared/format";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Panel } from "@/shared/ui/Panel";
import { useAction } from "@/shared/ui/useAction";

import { AnswersAgreement } from "./AnswersAgreement";
import { MeasurementAgreement } from "./MeasurementAgreement";

type CaseDetail = Schemas["CaseDetail"];
type Result = Schemas["AgreementResult"];
type Pair = Schemas["PairAgreement"];

interface PairTableProps {
  pair: Pair;
  labels: Result["labels"];
  nameOf: (reading: string) => string;
}

function PairTable({ pair, labels, nameOf }: PairTableProps) {
  const { t } = useTranslation();
  const [a, b] = [nameOf(pair.a), nameOf(pair.b)];
  return (
    <Stack gap="xs" data-testid="agreement-pair">
      <Text size="sm" fw={600}>
        {t("projects.case.pair", { a, b })}
      </Text>
      <Table horizontalSpacing={8}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("projects.case.label")}</Table.Th>
            <Table.Th ta="right">{t("projects.case.dice")}</Table.Th>
            <Table.Th ta="right">{t("projects.case.volumeA", { name: a })}</Table.Th>
            <Table.Th ta="right">{t("projects.case.volumeA", { name: b })}</Table.Th>
            <Table.Th ta="right">{t("projects.case.volumeDifference")}</Table.Th>
            <Table.Th ta="right">{t("projects.case.assd")}</Table.Th>
            <Table.Th ta="right">{t("projects.case.hd95")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {pair.per_label.map((row) => (
            <Table.Tr key={row.value} data-testid="agreement-label" data-label={row.value} title={row.reason}>
              <Table.Td>{labels.find(({ value }) => value === row.value)?.name ?? row.value}</Table.Td>
              <Table.Td className="fid-figure" data-testid="agreement-dice">
                {formatFigure(row.dice, 3)}
              </Table.Td>
              <Table.Td className="fid-figure">{formatFigure(row.volume_a_ml, 2)}</Table.Td>
              <Table.Td className="fid-figure">{formatFigure(row.volume_b_ml, 2)}</Table.Td>
              <Table.Td className="fid-figure">{formatFigure(row.volume_difference_ml, 2)}</Table.Td>
              <Table.Td className="fid-figure">{formatFigure(row.assd_mm, 2)}</Table.Td>
              <Table.Td className="fid-figure">{formatFigure(row.hd95_mm, 2)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <MeasurementAgreement rows={pair.per_measurement ?? []} labels={labels} a={a} b={b} />
    </Stack>
  );
}

/** How far the readers of a case agree, per pair and label. */
export function AgreementPanel({ data }: { data: CaseDetail }) {
  const { t } = useTranslation();
  const compute = useAction({
    run: () => take(client.POST("/api/cases/{case_id}/agreement", { params: { path: { case_id: data.id } } })),
    stale: ["jobs"],
  });
  const submitted = data.readings.filter((reading) => reading.state === "submitted").length;
  const nameOf = (id: string) => data.readings.find((reading) => reading.id === id)?.reader.display_name ?? id;
  const result = data.agreement?.result;
  return (
    <Panel
      title={t("projects.case.agreement")}
      testId="agreement-panel"
      actions={
        <Button
          size="xs"
          variant="default"
          disabled={submitted < 2}
          loading={compute.isPending}
          onClick={() => compute.mutate()}
          data-testid="agreement-compute"
        >
          {t("projects.case.compute")}
        </Button>
      }
    >
      {result?.pairs ? (
        <Stack gap="lg">
          <Group gap="sm">
            <Text size="sm" c="dimmed">
              {t("projects.case.meanDice")}
            </Text>
            <Text size="xl" fw={600} data-testid="agreement-mean-dice">
              {formatFigure(result.mean_dice, 3)}
            </Text>
          </Group>
          {result.pairs.map((pair) => (
            <PairTable key={`${pair.a}-${pair.b}`} pair={pair} labels={result.labels} nameOf={nameOf} />
          ))}
          <AnswersAgreement result={result} nameOf={nameOf} />
        </Stack>
      ) : (
        <EmptyState
          icon={IconChartDots}
          title={t("projects.case.agreementNone")}
          text={t("projects.case.agreementNoneText")}
        />
      )}
    </Panel>
  );
}
