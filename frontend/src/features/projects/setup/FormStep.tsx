import {
  ActionIcon,
  Button,
  Checkbox,
  Group,
  NumberInput,
  Select,
  Stack,
  TagsInput,
  Text,
  TextInput,
} from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconForms, IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Project } from "@/shared/api/projects";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Panel } from "@/shared/ui/Panel";

import { newQuestion, questionProblems, withKeys, type QuestionDraft } from "../protocol";
import { RoomPreview } from "./RoomPreview";
import { SaveBar } from "./SaveBar";
import { StepColumns } from "./StepColumns";
import { useSaveProtocol } from "./useSaveProtocol";

const kinds = ["yes_no", "choice", "number", "text"] as const;

interface QuestionRowProps {
  question: QuestionDraft;
  index: number;
  count: number;
  onChange: (question: QuestionDraft) => void;
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
}

function KindFields({ question, index, onChange }: Pick<QuestionRowProps, "question" | "index" | "onChange">) {
  const { t } = useTranslation();
  if (question.kind === "choice") {
    return (
      <TagsInput
        label={t("projects.form.choices")}
        description={t("projects.form.choicesHint")}
        value={question.choices}
        onChange={(choices) => onChange({ ...question, choices })}
        data-testid={`question-choices-${index}`}
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
        data-testid={`question-minimum-${index}`}
      />
      <NumberInput
        label={t("projects.form.maximum")}
        value={question.maximum ?? ""}
        onChange={(value) => onChange({ ...question, maximum: bound(value) })}
        data-testid={`question-maximum-${index}`}
      />
      <TextInput
        label={t("projects.form.unit")}
        value={question.unit}
        onChange={(event) => onChange({ ...question, unit: event.currentTarget.value })}
        data-testid={`question-unit-${index}`}
      />
    </Group>
  );
}

function QuestionRow({ question, index, count, onChange, onMove, onRemove }: QuestionRowProps) {
  const { t } = useTranslation();
  const buttons = [
    { name: t("projects.form.up"), icon: IconArrowUp, run: () => onMove(-1), off: index === 0, id: "up" },
    { name: t("projects.form.down"), icon: IconArrowDown, run: () => onMove(1), off: index === count - 1, id: "down" },
    { name: t("projects.form.remove"), icon: IconTrash, run: onRemove, off: false, id: "remove" },
  ];
  return (
    <Stack gap="sm" py="md" style={{ borderBottom: "1px solid var(--fid-line)" }} data-testid="question-row">
      <Group align="flex-end" gap="sm" wrap="nowrap">
        <TextInput
          label={t("projects.form.question")}
          required
          value={question.text}
          onChange={(event) => onChange({ ...question, text: event.currentTarget.value })}
          style={{ flex: 1 }}
          data-testid={`question-text-${index}`}
        />
        <Select
          label={t("projects.form.kind")}
          allowDeselect={false}
          value={question.kind}
          data={kinds.map((kind) => ({ value: kind, label: t(`projects.form.kinds.${kind}`) }))}
          onChange={(value) => onChange({ ...question, kind: kinds.find((kind) => kind === value) ?? "text" })}
          w={160}
          data-testid={`question-kind-${index}`}
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
            data-testid={`question-${id}-${index}`}
          >
            <IconOf size={16} />
          </ActionIcon>
        ))}
      </Group>
      <KindFields question={question} index={index} onChange={onChange} />
      <Checkbox
        label={t("projects.form.required")}
        checked={question.required}
        onChange={(event) => onChange({ ...question, required: event.currentTarget.checked })}
        data-testid={`question-required-${index}`}
      />
    </Stack>
  );
}

function drafts(questions: readonly { text: string }[] | undefined): QuestionDraft[] {
  return (questions ?? []).map((question) => ({ ...newQuestion(), ...question }));
}

export function FormStep({ project }: { project: Project }) {
  const { t } = useTranslation();
  const [questions, setQuestions] = useState<QuestionDraft[]>(() => drafts(project.protocol?.form.questions));
  const save = useSaveProtocol(project, (protocol) => setQuestions(drafts(protocol.form.questions)));
  const move = (index: number, by: -1 | 1) => {
    const moved = [...questions];
    const [taken] = moved.splice(index, 1);
    if (taken) moved.splice(index + by, 0, taken);
    setQuestions(moved);
  };
  const send = () =>
    save.mutate({ form: { questions: withKeys(questions).map(({ id: _, ...question }) => question) } });
  return (
    <StepColumns
      side={<RoomPreview labels={project.protocol?.labels ?? []} questions={questions} />}
      main={
        <Panel
          title={t("projects.step.form")}
          actions={
            <Button
              size="xs"
              variant="default"
              leftSection={<IconPlus size={14} />}
              onClick={() => setQuestions([...questions, newQuestion()])}
              data-testid="question-add"
            >
              {t("projects.form.add")}
            </Button>
          }
        >
          <Stack>
            <Text size="sm" c="dimmed">
              {t("projects.form.text")}
            </Text>
            {questions.length === 0 ? (
              <EmptyState icon={IconForms} title={t("projects.form.empty")} text={t("projects.form.emptyText")} />
            ) : null}
            <Stack gap={0}>
              {questions.map((question, index) => (
                <QuestionRow
                  key={question.id}
                  question={question}
                  index={index}
                  count={questions.length}
                  onChange={(changed) => setQuestions(questions.map((one) => (one.id === changed.id ? changed : one)))}
                  onMove={(by) => move(index, by)}
                  onRemove={() => setQuestions(questions.filter(({ id }) => id !== question.id))}
                />
              ))}
            </Stack>
            <SaveBar
              problems={questionProblems(questions)}
              texts="projects.form.problem"
              error={save.error}
              saving={save.isPending}
              version={project.protocol?.version}
              {...(project.protocol ? {} : { blocked: t("projects.needLabels") })}
              testId="form-save"
              onSave={send}
            />
          </Stack>
        </Panel>
      }
    />
  );
}
