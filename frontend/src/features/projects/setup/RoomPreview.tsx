import { Box, Checkbox, Group, NumberInput, Radio, Stack, Text, Textarea } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { Panel } from "@/shared/ui/Panel";

import type { Label, Question } from "../protocol";

function QuestionPreview({ question }: { question: Question }) {
  const { t } = useTranslation();
  const label = `${question.text || "…"}${question.required ? " *" : ""}`;
  if (question.kind === "yes_no" || question.kind === "choice") {
    const choices = question.kind === "choice" ? (question.choices ?? []) : [t("common.yes"), t("common.no")];
    return (
      <Radio.Group label={label} size="xs">
        <Group gap="md" mt={4}>
          {choices.map((choice) => (
            <Radio key={choice} value={choice} label={choice} size="xs" />
          ))}
        </Group>
      </Radio.Group>
    );
  }
  if (question.kind === "number") {
    return (
      <NumberInput label={label} suffix={question.unit ? ` ${question.unit}` : ""} size="xs" w={160} hideControls />
    );
  }
  return <Textarea label={label} size="xs" autosize />;
}

interface RoomPreviewProps {
  labels: readonly Pick<Label, "name" | "colour">[];
  questions: readonly Question[];
}

/** The right side of the reading room as its readers will see it. */
export function RoomPreview({ labels, questions }: RoomPreviewProps) {
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
        <Stack gap="sm">
          <Text size="xs" c="dimmed" fw={600}>
            {t("projects.preview.form")}
          </Text>
          {questions.length === 0 ? (
            <Text size="sm" c="dimmed">
              {t("projects.preview.noForm")}
            </Text>
          ) : null}
          {questions.map((question, index) => (
            <QuestionPreview key={`${question.key}-${index}`} question={question} />
          ))}
        </Stack>
      </Stack>
    </Panel>
  );
}
