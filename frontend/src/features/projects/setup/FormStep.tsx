import { Button, Stack, Text } from "@mantine/core";
import { IconForms, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Project } from "@/shared/api/projects";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Panel } from "@/shared/ui/Panel";

import {
  newQuestion,
  questionDrafts,
  questionProblems,
  sentQuestions,
  type Label,
  type Protocol,
  type QuestionDraft,
} from "../protocol";
import { QuestionEditor } from "./QuestionEditor";
import { RoomPreview } from "./RoomPreview";
import { SaveBar } from "./SaveBar";
import { StepColumns } from "./StepColumns";
import { useSaveProtocol } from "./useSaveProtocol";

interface PartProps {
  questions: readonly QuestionDraft[];
  labels: readonly Label[] | null;
  part: string;
  texts: { title: string; text: string; empty: string; emptyText: string };
  onChange: (questions: QuestionDraft[]) => void;
}

/** The questions of one part: those of the case, or those of each finding. */
function FormPart({ questions, labels, part, texts, onChange }: PartProps) {
  const { t } = useTranslation();
  const move = (index: number, by: -1 | 1) => {
    const moved = [...questions];
    const [taken] = moved.splice(index, 1);
    if (taken) moved.splice(index + by, 0, taken);
    onChange(moved);
  };
  return (
    <Panel
      title={texts.title}
      actions={
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() => onChange([...questions, newQuestion()])}
          data-testid={`${part}-add`}
        >
          {t("projects.form.add")}
        </Button>
      }
    >
      <Stack>
        <Text size="sm" c="dimmed">
          {texts.text}
        </Text>
        {questions.length === 0 ? <EmptyState icon={IconForms} title={texts.empty} text={texts.emptyText} /> : null}
        <Stack gap={0}>
          {questions.map((question, index) => (
            <QuestionEditor
              key={question.id}
              question={question}
              index={index}
              count={questions.length}
              earlier={questions.slice(0, index)}
              labels={labels}
              part={part}
              onChange={(changed) => onChange(questions.map((one) => (one.id === changed.id ? changed : one)))}
              onMove={(by) => move(index, by)}
              onRemove={() => onChange(questions.filter(({ id }) => id !== question.id))}
            />
          ))}
        </Stack>
      </Stack>
    </Panel>
  );
}

export function FormStep({ project }: { project: Project }) {
  const { t } = useTranslation();
  const [questions, setQuestions] = useState(() => questionDrafts(project.protocol?.form.questions));
  const [lesion, setLesion] = useState(() => questionDrafts(project.protocol?.form.lesion));
  const take = ({ form }: Protocol) => {
    setQuestions(questionDrafts(form.questions));
    setLesion(questionDrafts(form.lesion));
  };
  const save = useSaveProtocol(project, take);
  const labels = project.protocol?.labels ?? [];
  return (
    <StepColumns
      side={<RoomPreview labels={labels} questions={questions} lesion={lesion} />}
      main={
        <Stack gap="lg">
          <FormPart
            questions={questions}
            labels={null}
            part="question"
            texts={{
              title: t("projects.step.form"),
              text: t("projects.form.text"),
              empty: t("projects.form.empty"),
              emptyText: t("projects.form.emptyText"),
            }}
            onChange={setQuestions}
          />
          <FormPart
            questions={lesion}
            labels={labels}
            part="lesion-question"
            texts={{
              title: t("projects.form.lesion"),
              text: t("projects.form.lesionText"),
              empty: t("projects.form.empty"),
              emptyText: t("projects.form.lesionEmptyText"),
            }}
            onChange={setLesion}
          />
          <SaveBar
            problems={[...questionProblems(questions), ...questionProblems(lesion)]}
            texts="projects.form.problem"
            error={save.error}
            saving={save.isPending}
            version={project.protocol?.version}
            {...(project.protocol ? {} : { blocked: t("projects.needLabels") })}
            testId="form-save"
            onSave={() => save.mutate({ form: { questions: sentQuestions(questions), lesion: sentQuestions(lesion) } })}
          />
        </Stack>
      }
    />
  );
}
