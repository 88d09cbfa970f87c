import {
  ActionIcon,
  Checkbox,
  Group,
  MultiSelect,
  NumberInput,
  Select,
  Stack,
  TagsInput,
  TextInput,
} from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Label, QuestionDraft } from "../protocol";
import { ConditionEditor } from "./ConditionEditor";
import { ScaleEditor } from "./ScaleEditor";

const kinds = ["yes_no", "choice", "several", "score", "number", "text"] as const;

interface QuestionEditorProps {
  question: QuestionDraft;
  index: number;
  count: number;
  earlier: readonly QuestionDraft[];
  /** Of the per-lesion form: the labels that the question can be for. */
  labels: readonly Pick<Label, "value" | "name">[] | null;
  /** Begins every test id: "question", or "lesion-question". */
  part: string;
  onChange: (question: QuestionDraft) => void;
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
}

type KindProps = Pick<QuestionEditorProps, "question" | "index" | "part" | "onChange">;

function KindFields({ question, index, part, onChange }: KindProps) {
  const { t } = useTranslation();
  if (question.kind === "score") {
    return (
      <ScaleEditor
        scale={question.scale}
        onChange={(scale) => onChange({ ...question, scale })}
        testId={`${part}-scale-${index}`}
      />
    );
  }
  if (question.kind === "choice" || question.kind === "several") {
    return (
      <TagsInput
        label={t("projects.form.choices")}
        description={t("projects.form.choicesHint")}
        value={question.choices}
        onChange={(choices) => onChange({ ...question, choices })}
        data-testid={`${part}-choices-${index}`}
      />
    );
  }
  if (question.kind !== "number") return null;
  const bound = (value: string | number) => (value === "" ? null : Number(value));
  return (
    <Group gap="sm" grow>
      <NumberInput
        label={t("projects.form.minimum")}
        value={question.minimum ?? ""}
        onChange={(value) => onChange({ ...question, minimum: bound(value) })}
        data-testid={`${part}-minimum-${index}`}
      />
      <NumberInput
        label={t("projects.form.maximum")}
        value={question.maximum ?? ""}
        onChange={(value) => onChange({ ...question, maximum: bound(value) })}
        data-testid={`${part}-maximum-${index}`}
      />
      <TextInput
        label={t("projects.form.unit")}
        value={question.unit}
        onChange={(event) => onChange({ ...question, unit: event.currentTarget.value })}
        data-testid={`${part}-unit-${index}`}
      />
    </Group>
  );
}

/** One question of a form, with all that can be set of it. */
export function QuestionEditor(props: QuestionEditorProps) {
  const { question, index, count, earlier, labels, part, onChange, onMove, onRemove } = props;
  const { t } = useTranslation();
  const buttons = [
    { name: t("projects.form.up"), icon: IconArrowUp, run: () => onMove(-1), off: index === 0, id: "up" },
    { name: t("projects.form.down"), icon: IconArrowDown, run: () => onMove(1), off: index === count - 1, id: "down" },
    { name: t("projects.form.remove"), icon: IconTrash, run: onRemove, off: false, id: "remove" },
  ];
  return (
    <Stack gap="sm" py="md" style={{ borderBottom: "1px solid var(--fid-line)" }} data-testid={`${part}-row`}>
      <Group align="flex-end" gap="sm" wrap="nowrap">
        <TextInput
          label={t("projects.form.question")}
          required
          value={question.text}
          onChange={(event) => onChange({ ...question, text: event.currentTarget.value })}
          style={{ flex: 1 }}
          data-testid={`${part}-text-${index}`}
        />
        <Select
          label={t("projects.form.kind")}
          allowDeselect={false}
          value={question.kind}
          data={kinds.map((kind) => ({ value: kind, label: t(`projects.form.kinds.${kind}`) }))}
          onChange={(value) => onChange({ ...question, kind: kinds.find((kind) => kind === value) ?? "text" })}
          w={160}
          data-testid={`${part}-kind-${index}`}
        />
        {buttons.map(({ name, icon: IconOf, run, off, id }) => (
          <ActionIcon
            key={id}
            variant="default"
            size={36}
            disabled={off}
            onClick={run}
            title={name}
            aria-label={name}
            data-testid={`${part}-${id}-${index}`}
          >
            <IconOf size={16} />
          </ActionIcon>
        ))}
      </Group>
      <KindFields question={question} index={index} part={part} onChange={onChange} />
      <TextInput
        label={t("projects.form.help")}
        placeholder={t("projects.form.helpNone")}
        maxLength={1000}
        value={question.help}
        onChange={(event) => onChange({ ...question, help: event.currentTarget.value })}
        data-testid={`${part}-help-${index}`}
      />
      <ConditionEditor question={question} earlier={earlier} onChange={onChange} testId={`${part}-${index}`} />
      {labels ? (
        <MultiSelect
          label={t("projects.form.ofLabels")}
          {...(question.labels.length === 0 ? { placeholder: t("projects.form.everyFinding") } : {})}
          value={question.labels.map(String)}
          data={labels.map(({ value, name }) => ({ value: String(value), label: name }))}
          onChange={(values) => onChange({ ...question, labels: values.map(Number) })}
          data-testid={`${part}-labels-${index}`}
        />
      ) : null}
      <Checkbox
        label={t("projects.form.required")}
        checked={question.required}
        onChange={(event) => onChange({ ...question, required: event.currentTarget.checked })}
        data-testid={`${part}-required-${index}`}
      />
    </Stack>
  );
}
