import { Table } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Schemas } from "@/shared/api/types";
import { formatFigure } from "@/shared/format";

type Pair = Schemas["PairAgreement"];
type Row = Schemas["MeasurementAgreement"];

interface Props {
  rows: NonNullable<Pair["per_measurement"]>;
  labels: Schemas["AgreementResult"]["labels"];
  /** The readers' names. */
  a: string;
  b: string;
}

const UNITS: Readonly<Record<string, string>> = { mm2: "mm²", px2: "px²", deg: "°" };

/** How far the measurements of two readers differ, figure by figure. */
export function MeasurementAgreement({ rows, labels, a, b }: Props) {
  const { t } = useTranslation();
  if (rows.length === 0) return null;
  const nameOf = ({ type, name, scale }: Row) => {
    const figure = name === "value" ? "" : `: ${t(`measure.value.${name}`, { defaultValue: name })}`;
    const where = scale === "detector" ? ` (${t("measure.atDetector")})` : "";
    return `${t(`room.command.${type}`)}${figure}${where}`;
  };
  const labelOf = ({ label }: Row) => labels.find(({ value }) => value === label)?.name ?? String(label ?? "–");
  return (
    <Table horizontalSpacing={8} data-testid="agreement-measurements">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t("measure.column.type")}</Table.Th>
          <Table.Th>{t("projects.case.label")}</Table.Th>
          <Table.Th ta="right">{a}</Table.Th>
          <Table.Th ta="right">{b}</Table.Th>
          <Table.Th ta="right">{t("projects.case.difference")}</Table.Th>
          <Table.Th ta="right">{t("projects.case.greatestDifference")}</Table.Th>
          <Table.Th>{t("measure.column.unit")}</Table.Th>
          <Table.Th ta="right">{t("projects.case.compared")}</Table.Th>
          <Table.Th ta="right">{t("projects.case.only", { name: a })}</Table.Th>
          <Table.Th ta="right">{t("projects.case.only", { name: b })}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row, at) => (
          <Table.Tr key={at} data-testid="agreement-measurement" data-type={row.type} data-name={row.name}>
            <Table.Td>{nameOf(row)}</Table.Td>
            <Table.Td>{labelOf(row)}</Table.Td>
            <Table.Td className="fid-figure">{formatFigure(row.mean_a, 2)}</Table.Td>
            <Table.Td className="fid-figure">{formatFigure(row.mean_b, 2)}</Table.Td>
            <Table.Td className="fid-figure" data-testid="agreement-difference">
              {formatFigure(row.difference, 2)}
            </Table.Td>
            <Table.Td className="fid-figure">{formatFigure(row.greatest_difference, 2)}</Table.Td>
            <Table.Td>{UNITS[row.unit] ?? row.unit}</Table.Td>
            <Table.Td className="fid-figure">{row.compared}</Table.Td>
            <Table.Td className="fid-figure">{row.only_a}</Table.Td>
            <Table.Td className="fid-figure">{row.only_b}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
