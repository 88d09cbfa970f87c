import { Checkbox, Table } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Study } from "@/shared/api/studies";
import { formatDicomDate } from "@/shared/format";

interface StudyTableProps {
  studies: readonly Study[];
  chosen: ReadonlySet<string>;
  onChosen: (next: ReadonlySet<string>) => void;
  /** Begins the test ids: `<testId>-row`, `-select`, `-all`. */
  testId: string;
  /** For a table that scrolls in a box of its own. */
  stickyHeader?: boolean;
}

/** Returns the set with some members put in or taken out. */
export function toggled(chosen: ReadonlySet<string>, members: readonly string[], on: boolean): ReadonlySet<string> {
  const next = new Set(chosen);
  for (const member of members) {
    if (on) next.add(member);
    else next.delete(member);
  }
  return next;
}

/** Studies to choose from, one by one or all that are listed. */
export function StudyTable({ studies, chosen, onChosen, testId, stickyHeader = false }: StudyTableProps) {
  const { t } = useTranslation();
  const uids = studies.map(({ study_uid }) => study_uid);
  const held = uids.filter((uid) => chosen.has(uid)).length;
  return (
    <Table stickyHeader={stickyHeader}>
      <Table.Thead>
        <Table.Tr style={{ whiteSpace: "nowrap" }}>
          <Table.Th w={40}>
            <Checkbox
              size="xs"
              checked={held > 0 && held === uids.length}
              indeterminate={held > 0 && held < uids.length}
              onChange={(event) => onChosen(toggled(chosen, uids, event.currentTarget.checked))}
              aria-label={t("studies.chooseAll")}
              data-testid={`${testId}-all`}
            />
          </Table.Th>
          <Table.Th>{t("studies.patient")}</Table.Th>
          <Table.Th>{t("studies.date")}</Table.Th>
          <Table.Th>{t("studies.description")}</Table.Th>
          <Table.Th>{t("studies.modality")}</Table.Th>
          <Table.Th ta="right">{t("studies.images")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {studies.map((study) => (
          <Table.Tr key={study.study_uid} data-testid={`${testId}-row`} data-study={study.study_uid}>
            <Table.Td>
              <Checkbox
                size="xs"
                checked={chosen.has(study.study_uid)}
                onChange={(event) => onChosen(toggled(chosen, [study.study_uid], event.currentTarget.checked))}
                aria-label={`${t("studies.choose")} ${study.patient_id} ${study.description}`}
                data-testid={`${testId}-select`}
              />
            </Table.Td>
            <Table.Td>{study.patient_name || study.patient_id || "–"}</Table.Td>
            <Table.Td style={{ whiteSpace: "nowrap" }}>{formatDicomDate(study.study_date) || "–"}</Table.Td>
            <Table.Td>{study.description || "–"}</Table.Td>
            <Table.Td>{study.modalities.join(", ")}</Table.Td>
            <Table.Td className="fid-figure">{study.instance_count}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
