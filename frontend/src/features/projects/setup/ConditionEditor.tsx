import { Group, MultiSelect, Select, TagsInput } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { conditionValues, type QuestionDraft } from "../protocol";

interface ConditionEditorProps {
  question: QuestionDraft;
  earlier: readonly QuestionDraft[];
  testId: string;
  onChange: (question: QuestionDraft) => void;
}

/** When a question is asked: always, or by what an earlier one is answered. */
export function ConditionEditor({ question, earlier, testId, onChange }: ConditionEditorProps) {
  const { t } = useTranslation();
  const condition = question.shown_if ?? null;
  const on = earlier.find(({ id }) => id === condition?.question);
  const wanted: readonly unknown[] = condition?.values ?? [];
  const set = (values: unknown[]) =>
    condition && onChange({ ...question, shown_if: { question: condition.question, values } });
  const possible = on ? conditionValues(on) : null;
  const name = (value: unknown) => (typeof value === "boolean" ? t(value ? "common.yes" : "common.no") : String(value));
  if (earlier.length === 0 && !condition) return null;
  return (
    <Group gap="sm" align="flex-start" grow>
      <Select
        label={t("projects.form.askedIf")}
        placeholder={t("projects.form.always")}
        clearable
        value={on ? on.id : null}
        data={earlier.map(({ id, text }) => ({ value: id, label: text || "…" }))}
        onChange={(id) => onChange({ ...question, shown_if: id ? { question: id, values: [] } : null })}
        data-testid={`${testId}-if`}
      />
      {on && possible ? (
        <MultiSelect
          label={t("projects.form.hasAnswer")}
          {...(wanted.length === 0 ? { placeholder: t("projects.form.anyAnswer") } : {})}
          value={wanted.map(String)}
          data={possible.map((value) => ({ value: String(value), label: name(value) }))}
          onChange={(values) => set(possible.filter((value) => values.includes(String(value))))}
          data-testid={`${testId}-if-values`}
        />
      ) : null}
      {on?.kind === "number" ? (
        <TagsInput
          label={t("projects.form.hasAnswer")}
          {...(wanted.length === 0 ? { placeholder: t("projects.form.anyAnswer") } : {})}
          value={wanted.map(String)}
          onChange={(values) => set(values.map(Number).filter(Number.isFinite))}
          data-testid={`${testId}-if-values`}
        />
      ) : null}
    </Group>
  );
}
