import { List, ScrollArea, Stack, Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { splits, type Preview } from "./definition";

type Missing = Preview["missing"][number];

/** Cases that are left out, each with its reason. */
export function MissingList({ missing }: { missing: readonly Missing[] }) {
  const { t } = useTranslation();
  if (missing.length === 0) return null;
  return (
    <Stack gap="xs" data-testid="release-missing">
      <Text size="sm" c="var(--fid-amber)">
        {t("datasets.missing", { n: missing.length })}
      </Text>
      <ScrollArea.Autosize mah={200}>
        <List size="sm" spacing={4}>
          {missing.map((entry) => (
            <List.Item key={`${entry.case}-${entry.reason}`}>
              <b>{t("datasets.missingCase", { number: entry.number })}</b>{" "}
              <span title={entry.message}>{t(`datasets.why.${entry.reason}`)}</span>
            </List.Item>
          ))}
        </List>
      </ScrollArea.Autosize>
    </Stack>
  );
}

/** Cases and patients per split, in figures. */
export function SplitTable({ counts }: { counts: Pick<Preview, "cases" | "patients" | "per_split"> }) {
  const { t } = useTranslation();
  return (
    <Table data-testid="release-splits">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t("datasets.splitName")}</Table.Th>
          <Table.Th ta="right">{t("datasets.cases")}</Table.Th>
          <Table.Th ta="right">{t("datasets.patients")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {splits.map((split) => (
          <Table.Tr key={split}>
            <Table.Td>{t(`datasets.split.${split}`)}</Table.Td>
            <Table.Td className="fid-figure" data-testid={`cases-${split}`}>
              {counts.per_split[split].cases}
            </Table.Td>
            <Table.Td className="fid-figure">{counts.per_split[split].patients}</Table.Td>
          </Table.Tr>
        ))}
        <Table.Tr fw={600}>
          <Table.Td>{t("datasets.total")}</Table.Td>
          <Table.Td className="fid-figure" data-testid="cases-total">
            {counts.cases}
          </Table.Td>
          <Table.Td className="fid-figure">{counts.patients}</Table.Td>
        </Table.Tr>
      </Table.Tbody>
    </Table>
  );
}
