import { Stack, Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Schemas } from "@/shared/api/types";
import { formatFigure } from "@/shared/format";
import { StateMark } from "@/shared/ui/StateMark";

type Result = Schemas["AgreementResult"];
type NameOf = (reading: string) => string;

function useShown(): (value: unknown, unit: string) => string {
  const { t } = useTranslation();
  return (value, unit) => {
    if (value === null || value === undefined) return "–";
    if (typeof value === "boolean") return t(value ? "common.yes" : "common.no");
    return `${Array.isArray(value) ? value.join(", ") : String(value)}${unit ? ` ${unit}` : ""}`;
  };
}

/** What readers answered to each question of the case form, side by side. */
function AnswerTable({ result, nameOf }: { result: Result; nameOf: NameOf }) {
  const { t } = useTranslation();
  const shown = useShown();
  const answers = result.answers ?? [];
  const readings = answers[0]?.values.map(({ reading }) => reading) ?? [];
  if (answers.length === 0 || readings.length === 0) return null;
  return (
    <Table horizontalSpacing={8} data-testid="agreement-answers">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t("projects.case.question")}</Table.Th>
          {readings.map((reading) => (
            <Table.Th key={reading}>{nameOf(reading)}</Table.Th>
          ))}
          <Table.Th>{t("projects.case.sameAnswer")}</Table.Th>
          <Table.Th ta="right">{t("projects.case.spread")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {answers.map(({ key, text, unit, kind, same, spread, values }) => (
          <Table.Tr key={key} data-testid={`agreement-answer-${key}`} data-same={String(same)}>
            <Table.Td>{text}</Table.Td>
            {values.map(({ reading, value }) => (
              <Table.Td key={reading}>{shown(value, unit)}</Table.Td>
            ))}
            <Table.Td>
              {same === null ? (
                "–"
              ) : (
                <StateMark tone={same ? "good" : "needs"} text={t(same ? "common.yes" : "common.no")} />
              )}
            </Table.Td>
            <Table.Td className="fid-figure">
              {spread === null
                ? "–"
                : `${formatFigure(spread, 1)} ${kind === "score" ? t("projects.case.steps") : unit}`}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** Every reader's findings with what was answered of them. */
function FindingTable({ result, nameOf }: { result: Result; nameOf: NameOf }) {
  const { t } = useTranslation();
  const shown = useShown();
  const findings = result.findings ?? [];
  const questions = result.lesion_questions ?? [];
  if (findings.length === 0) return null;
  const labelOf = (value: number | null) => result.labels.find((label) => label.value === value)?.name ?? "–";
  return (
    <Table horizontalSpacing={8} data-testid="agreement-findings">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t("projects.case.finding")}</Table.Th>
          <Table.Th>{t("projects.case.reader")}</Table.Th>
          <Table.Th>{t("projects.case.label")}</Table.Th>
          {questions.map(({ key, text }) => (
            <Table.Th key={key}>{text}</Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {findings.map(({ reading, name, label, answers }, index) => (
          <Table.Tr key={`${reading}-${index}`}>
            <Table.Td>{name}</Table.Td>
            <Table.Td>{nameOf(reading)}</Table.Td>
            <Table.Td>{labelOf(label)}</Table.Td>
            {questions.map(({ key, unit }) => (
              <Table.Td key={key}>{shown((answers as Record<string, unknown>)[key], unit)}</Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** Answers and findings of the readers, and who could not read the case. */
export function AnswersAgreement({ result, nameOf }: { result: Result; nameOf: NameOf }) {
  const { t } = useTranslation();
  return (
    <Stack gap="md">
      {(result.not_readable ?? []).map(({ reading, reason, text }) => (
        <Text size="sm" key={reading} data-testid="agreement-not-readable">
          {t("projects.case.notReadable", { name: nameOf(reading), reason: t(`forms.reason.${reason}`) })} {text}
        </Text>
      ))}
      <AnswerTable result={result} nameOf={nameOf} />
      <FindingTable result={result} nameOf={nameOf} />
    </Stack>
  );
}
