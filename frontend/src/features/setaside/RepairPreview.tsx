import { Box, Table, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { RepairPreview as Preview } from "@/shared/api/setAside";
import { formatBytes } from "@/shared/format";
import { Notice } from "@/shared/ui/Notice";

const box = { overflow: "auto", border: "1px solid var(--fid-line)", borderRadius: 4, flex: "0 0 auto" } as const;
const cut = { overflowWrap: "anywhere" } as const;

function SeriesTable({ series }: { series: Preview["series"] }) {
  const { t } = useTranslation();
  return (
    <Box mah={220} style={box}>
      <Table stickyHeader>
        <Table.Thead>
          <Table.Tr style={{ whiteSpace: "nowrap" }}>
            <Table.Th>{t("studies.patient")}</Table.Th>
            <Table.Th>{t("setaside.repair.series")}</Table.Th>
            <Table.Th>{t("setaside.repair.folder")}</Table.Th>
            <Table.Th ta="right">{t("setaside.repair.files")}</Table.Th>
            <Table.Th ta="right">{t("setaside.size")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {series.map((row) => (
            <Table.Tr key={row.series_uid} data-testid="repair-series" data-series={row.series_uid}>
              <Table.Td style={cut}>{row.patient || "–"}</Table.Td>
              <Table.Td style={cut} title={row.series_uid}>
                <Text size="sm">{[row.modality, row.description].filter(Boolean).join(" · ") || "–"}</Text>
                <Text size="xs" c="dimmed">
                  {t(row.stored ? "setaside.repair.adds" : "setaside.repair.makes")}
                </Text>
              </Table.Td>
              <Table.Td style={cut}>
                {row.folders.map((name) => name || t("setaside.repair.noFolder")).join(", ")}
              </Table.Td>
              <Table.Td className="fid-figure">
                {row.files}
                {row.duplicates > 0 ? (
                  <Text size="xs" c="dimmed">
                    {t("setaside.repair.duplicates", { count: row.duplicates })}
                  </Text>
                ) : null}
              </Table.Td>
              <Table.Td className="fid-figure" style={{ whiteSpace: "nowrap" }}>
                {formatBytes(row.size_bytes)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Box>
  );
}

/** What the server says that the repair would make, and what it would leave. */
export function RepairPreview({ preview }: { preview: Preview }) {
  const { t } = useTranslation();
  const { series, left, fits } = preview;
  return (
    <>
      {fits ? null : (
        <Notice icon={IconAlertTriangle} testId="repair-no-room">
          {t("setaside.repair.noRoom")}
        </Notice>
      )}
      {series.length > 0 ? <SeriesTable series={series} /> : null}
      {left.length > 0 ? (
        <>
          <Text size="sm" fw={600} c="var(--fid-amber)">
            {t("setaside.repair.left", { count: left.length })}
          </Text>
          <Box mah={120} style={box}>
            <Table>
              <Table.Tbody>
                {left.map((one, at) => (
                  <Table.Tr key={at} data-testid="repair-left">
                    <Table.Td style={cut}>{one.path}</Table.Td>
                    <Table.Td title={one.detail}>{t(`studies.why.${one.reason}`)}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Box>
        </>
      ) : null}
    </>
  );
}
