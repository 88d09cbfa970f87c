import { Group, NumberInput, Radio, Stack, Text, Textarea } from "@mantine/core";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "@/shared/api/types";

import styles from "./room.module.css";
import type { RoomSession } from "./session";
import { useRoom } from "./store";

type Question = Schemas["Question"];

const PAUSE_MS = 500;

export const isAnswered = (value: unknown): boolean => value !== undefined && value !== null && value !== "";

/** Keys of required questions without an answer. */
export function missingAnswers(questions: readonly Question[], answers: Readonly<Record<string, unknown>>): string[] {
  return questions
    .filter((question) => question.required && !isAnswered(answers[question.key]))
    .map((question) => question.key);
}

/** The questions of the case. Answers are saved as they are given. */
export function CaseForm({ questions, session }: { questions: readonly Question[]; session: RoomSession | null }) {
  const { t } = useTranslation();
  if (questions.length === 0) {
    return null;
  }
  return (
    <section className={styles["section"]} aria-label={t("room.form")} data-testid="case-form">
      <div className={styles["sectionHead"]}>{t("room.form")}</div>
      <Stack gap={14} data-form>
        {questions.map((question) => (
          <QuestionField key={question.key} question={question} session={session} />
        ))}
      </Stack>
    </section>
  );
}

function QuestionField({ question, session }: { question: Question; session: RoomSession | null }) {
  const value = useRoom((state) => state.answers[question.key]);
  const disabled = useRoom((state) => !state.mayEdit || state.phase !== "ready");
  const common = { question, value, disabled, save: (next: unknown) => session?.answer(question.key, next) };
  return (
    <div data-answered={isAnswered(value)} data-testid={`question-${question.key}`}>
      {question.kind === "number" ? (
        <NumberField {...common} />
      ) : question.kind === "text" ? (
        <TextField {...common} />
      ) : (
        <ChoiceField {...common} />
      )}
    </div>
  );
}

interface FieldProps {
  question: Question;
  value: unknown;
  disabled: boolean;
  save: (value: unknown) => void;
}

/** Choices, and yes or no. Digits and arrows work once the question has the focus. */
function ChoiceField({ question, value, disabled, save }: FieldProps) {
  const { t } = useTranslation();
  const yesNo = question.kind === "yes_no";
  const choices = yesNo
    ? [
        { key: "true", label: t("common.yes") },
        { key: "false", label: t("common.no") },
      ]
    : (question.choices ?? []).map((choice) => ({ key: choice, label: choice }));
  const choose = (key: string) => save(yesNo ? key === "true" : key);
  return (
    <Radio.Group
      label={question.text}
      withAsterisk={question.required ?? false}
      size="sm"
      value={value === undefined || value === null ? null : String(value)}
      onChange={choose}
      onKeyDown={(event) => {
        const choice = choices[Number(event.key) - 1];
        if (choice && !disabled) {
          event.preventDefault();
          event.stopPropagation();
          choose(choice.key);
        }
      }}
    >
      <Group gap={12} mt={6}>
        {choices.map((choice, index) => (
          <Radio
            key={choice.key}
            value={choice.key}
            label={choice.label}
            size="xs"
            disabled={disabled}
            data-testid={`answer-${question.key}-${index + 1}`}
          />
        ))}
      </Group>
    </Radio.Group>
  );
}

/** Saves what is typed after a pause, and at once when the field is left. */
function useTyping(save: (value: unknown) => void) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const waiting = useRef<{ value: unknown } | null>(null);
  const now = () => {
    clearTimeout(timer.current);
    if (waiting.current) {
      save(waiting.current.value);
      waiting.current = null;
    }
  };
  const later = (value: unknown) => {
    waiting.current = { value };
    clearTimeout(timer.current);
    timer.current = setTimeout(now, PAUSE_MS);
  };
  return { now, later };
}

function NumberField({ question, value, disabled, save }: FieldProps) {
  const { t } = useTranslation();
  const [text, setText] = useState<string | number | null>(null);
  const { now, later } = useTyping(save);
  const { minimum, maximum, unit } = question;
  const shown = text ?? (typeof value === "number" ? value : "");
  const outside =
    typeof shown === "number" && ((minimum != null && shown < minimum) || (maximum != null && shown > maximum));
  return (
    <NumberInput
      label={question.text}
      withAsterisk={question.required ?? false}
      size="xs"
      hideControls
      value={shown}
      disabled={disabled}
      error={outside ? t("room.numberRange", { minimum: minimum ?? "–", maximum: maximum ?? "–" }) : null}
      {...(unit
        ? {
            rightSection: (
              <Text size="xs" c="dimmed" pr={8}>
                {unit}
              </Text>
            ),
            rightSectionWidth: 48,
          }
        : {})}
      onChange={(next) => {
        setText(next);
        const bad =
          typeof next === "number" && ((minimum != null && next < minimum) || (maximum != null && next > maximum));
        if (!bad && (typeof next === "number" || next === "")) {
          later(next === "" ? null : next);
        }
      }}
      onBlur={() => {
        now();
        setText(null);
      }}
      data-testid={`answer-${question.key}`}
    />
  );
}

function TextField({ question, value, disabled, save }: FieldProps) {
  const [text, setText] = useState<string | null>(null);
  const { now, later } = useTyping(save);
  return (
    <Textarea
      label={question.text}
      withAsterisk={question.required ?? false}
      size="xs"
      autosize
      minRows={2}
      maxRows={6}
      maxLength={4000}
      value={text ?? (typeof value === "string" ? value : "")}
      disabled={disabled}
      onChange={(event) => {
        const next = event.currentTarget.value;
        setText(next);
        later(next.trim() === "" ? null : next);
      }}
      onBlur={() => {
        now();
        setText(null);
      }}
      data-testid={`answer-${question.key}`}
    />
  );
}
