import { Box, Checkbox, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { QuestionField } from "@/shared/forms/QuestionField";
import { askedQuestions, type Answers } from "@/shared/forms/rules";
import { Panel } from "@/shared/ui/Panel";

import type { Label, QuestionDraft } from "../protocol";

/** A form that can be tried: what is asked follows the answers, as it will in the room. Nothing is kept. */
function TrialForm({ questions, title }: { questions: readonly QuestionDraft[]; title: string }) {
  const [answers, setAnswers] = useState<Answers>({});
  const named = questions.map((question) => ({ ...question, key: question.id }));
  return (
    <Stack gap="sm" role="group" aria-label={title}>
      <Text size="xs" c="dimmed" fw={600}>
        {title}
      </Text>
      {askedQuestions(named, answers, -1).map((question) => (
        <QuestionField
          key={question.key}
          question={question}
          value={answers[question.key]}
          disabled={false}
          save={(value) => setAnswers((before) => ({ ...before, [question.key]: value }))}
        />
      ))}
    </Stack>
  );
}

interface RoomPreviewProps {
  labels: readonly Pick<Label, "name" | "colour">[];
  questions: readonly QuestionDraft[];
  lesion: readonly QuestionDraft[];
}

/** The right side of the reading room as its readers will see it. */
export function RoomPreview({ labels, questions, lesion }: RoomPreviewProps) {
  const { t } = useTranslation();
  return (
    <Panel title={t("projects.preview.title")} testId="room-preview">
      <Stack gap="lg">
        <Stack gap="xs">
          <Text size="xs" c="dimmed" fw={600}>
            {t("projects.preview.labels")}
          </Text>
          {labels.length === 0 ? (
            <Text size="sm" c="dimmed">
              {t("projects.preview.noLabels")}
            </Text>
          ) : null}
          {labels.map((label, index) => (
            <Group key={`${label.name}-${index}`} gap="sm" wrap="nowrap" mih={28}>
              <Box w={12} h={12} bg={label.colour} style={{ borderRadius: 2 }} />
              <Text size="sm" style={{ flex: 1 }} truncate>
                {label.name || "…"}
              </Text>
              <Text size="xs" c="dimmed">
                {index + 1 <= 9 ? index + 1 : ""}
              </Text>
              <Checkbox size="xs" defaultChecked readOnly tabIndex={-1} aria-hidden />
            </Group>
          ))}
        </Stack>
        {questions.length === 0 && lesion.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t("projects.preview.noForm")}
          </Text>
        ) : null}
        {questions.length > 0 ? <TrialForm questions={questions} title={t("projects.preview.form")} /> : null}
        {lesion.length > 0 ? (
          <TrialForm
            questions={lesion.map((question) => ({ ...question, labels: [] }))}
            title={t("projects.preview.lesion")}
          />
        ) : null}
      </Stack>
    </Panel>
  );
}
