import { Checkbox, Group, NumberInput, Radio, Stack, Text, Textarea } from "@mantine/core";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";

import { answerProblem, isBlank, MAX_TEXT, scaleValues, valueOfDigit, type Question } from "./rules";

const PAUSE_MS = 500;

export interface QuestionFieldProps {
  question: Question;
  value: unknown;
  disabled: boolean;
  /** Told to be answered: shown as an error while it has no answer. */
  wanted?: boolean;
  save: (value: unknown) => void;
}

/**
 * One question of a form, of whatever kind. Choices are saved at once, typing after a pause and when the field is left.
 * A number that does not fit is shown, and is no answer.
 */
export function QuestionField(props: QuestionFieldProps) {
  const { question, value } = props;
  return (
    <div data-question={question.key} data-answered={!isBlank(value)} data-testid={`question-${question.key}`}>
      {question.kind === "number" ? (
        <NumberField {...props} />
      ) : question.kind === "text" ? (
        <TextField {...props} />
      ) : question.kind === "several" ? (
        <SeveralField {...props} />
      ) : (
        <ChoiceField {...props} />
      )}
    </div>
  );
}

interface Choice {
  readonly value: string;
  readonly caption: string;
}

function useChoices(question: Question): readonly Choice[] {
  const { t } = useTranslation();
  if (question.kind === "yes_no") {
    return [
      { value: "true", caption: t("common.yes") },
      { value: "false", caption: t("common.no") },
    ];
  }
  if (question.kind === "score") {
    return (question.scale ?? []).map(({ value, caption }) => ({ value, caption: caption ?? "" }));
  }
  return (question.choices ?? []).map((choice) => ({ value: choice, caption: choice }));
}

/** What all fields are labelled with. */
function useParts({ question, value, wanted }: QuestionFieldProps) {
  const { t } = useTranslation();
  const missing = wanted && question.required && isBlank(value);
  return {
    label: question.text || "…",
    description: question.help || undefined,
    required: question.required ?? false,
    error: missing ? t("forms.problem.missing") : undefined,
  };
}

/** Calls back with the digit that was pressed, unless another key is held. */
const onDigit = (disabled: boolean, choose: (digit: string) => void) => (event: KeyboardEvent) => {
  if (!disabled && /^\d$/.test(event.key) && !event.ctrlKey && !event.altKey && !event.metaKey) {
    event.preventDefault();
    event.stopPropagation();
    choose(event.key);
  }
};

/** The digit that chooses a value, beside it. */
function Digit({ index, values }: { index: number; values: readonly string[] }) {
  const shown = index < 9 && !values.some((value) => /^\d/.test(value));
  return shown ? (
    <Text span size="xs" c="dimmed" mr={4} aria-hidden className="fid-figure">
      {index + 1}
    </Text>
  ) : null;
}

/** One of several: choices, yes or no, and scores. Digits and arrows work once the question has the focus. */
function ChoiceField(props: QuestionFieldProps) {
  const { question, value, disabled, save } = props;
  const { required, ...parts } = useParts(props);
  const choices = useChoices(question);
  const values = question.kind === "score" ? scaleValues(question) : choices.map((_, index) => `c${index}`);
  const yesNo = question.kind === "yes_no";
  const choose = (chosen: string) => save(yesNo ? chosen === "true" : chosen);
  const byDigit = (digit: string) => {
    const at = values.indexOf(valueOfDigit(values, digit, value) ?? "");
    const chosen = choices[at];
    if (chosen) {
      choose(chosen.value);
    }
  };
  const long = question.kind === "score" || choices.some(({ caption }) => caption.length > 24);
  const Row = long ? Stack : Group;
  return (
    <Radio.Group
      {...parts}
      withAsterisk={required}
      size="sm"
      value={isBlank(value) ? null : String(value)}
      onChange={choose}
      onKeyDown={onDigit(disabled, byDigit)}
    >
      <Row gap={long ? 10 : 12} mt={6}>
        {choices.map(({ value: choice, caption }, index) => (
          <Radio
            key={choice}
            value={choice}
            size="xs"
            disabled={disabled}
            label={
              <>
                <Digit index={index} values={values} />
                {question.kind === "score" ? <b>{choice}</b> : null}
                {question.kind === "score" && caption ? " " : null}
                {caption}
              </>
            }
            data-testid={`answer-${question.key}-${index + 1}`}
          />
        ))}
      </Row>
    </Radio.Group>
  );
}

function SeveralField(props: QuestionFieldProps) {
  const { question, value, disabled, save } = props;
  const { required, ...parts } = useParts(props);
  const choices = question.choices ?? [];
  const chosen = Array.isArray(value) ? (value as string[]) : [];
  const set = (next: readonly string[]) =>
    save(next.length === 0 ? null : choices.filter((choice) => next.includes(choice)));
  const toggle = (choice: string) =>
    set(chosen.includes(choice) ? chosen.filter((one) => one !== choice) : [...chosen, choice]);
  return (
    <Checkbox.Group
      {...parts}
      withAsterisk={required}
      size="sm"
      value={chosen}
      onChange={set}
      onKeyDown={onDigit(disabled, (digit) => {
        const choice = choices[Number(digit) - 1];
        if (choice) {
          toggle(choice);
        }
      })}
    >
      <Group gap={12} mt={6}>
        {choices.map((choice, index) => (
          <Checkbox
            key={choice}
            value={choice}
            size="xs"
            disabled={disabled}
            label={
              <>
                <Digit index={index} values={[]} />
                {choice}
              </>
            }
            data-testid={`answer-${question.key}-${index + 1}`}
          />
        ))}
      </Group>
    </Checkbox.Group>
  );
}

/** Saves what is typed after a pause, at once when the field is left, and when it goes from the screen. */
export function useTyping(save: (value: unknown) => void) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const waiting = useRef<{ value: unknown; save: (value: unknown) => void } | null>(null);
  const now = () => {
    clearTimeout(timer.current);
    waiting.current?.save(waiting.current.value);
    waiting.current = null;
  };
  const later = (value: unknown) => {
    waiting.current = { value, save };
    clearTimeout(timer.current);
    timer.current = setTimeout(now, PAUSE_MS);
  };
  const atEnd = useRef(now);
  useEffect(() => () => atEnd.current(), []);
  return { now, later };
}

function NumberField(props: QuestionFieldProps) {
  const { question, value, disabled, save } = props;
  const { t } = useTranslation();
  const { required, ...parts } = useParts(props);
  const [text, setText] = useState<string | number | null>(null);
  const { now, later } = useTyping(save);
  const { minimum, maximum, unit } = question;
  const shown = text ?? (typeof value === "number" ? value : "");
  const problem = shown === "" || shown === "-" ? "" : answerProblem(question, Number(shown));
  return (
    <NumberInput
      {...parts}
      withAsterisk={required}
      size="xs"
      hideControls
      clampBehavior="none"
      value={shown}
      disabled={disabled}
      error={
        problem
          ? t(`forms.problem.${problem}`, { minimum: minimum ?? "–", maximum: maximum ?? "–", unit: unit ?? "" })
          : parts.error
      }
      {...(unit
        ? {
            rightSection: (
              <Text size="xs" c="dimmed" pr={8}>
                {unit}
              </Text>
            ),
            rightSectionWidth: 56,
          }
        : {})}
      onChange={(next) => {
        setText(next);
        const number = next === "" ? null : Number(next);
        // A number that does not fit takes the former answer back: that one is no longer meant.
        later(number !== null && answerProblem(question, number) ? null : number);
      }}
      onBlur={() => {
        now();
        if (!problem) {
          setText(null);
        }
      }}
      data-testid={`answer-${question.key}`}
    />
  );
}

function TextField(props: QuestionFieldProps) {
  const { question, value, disabled, save } = props;
  const { required, ...parts } = useParts(props);
  const [text, setText] = useState<string | null>(null);
  const { now, later } = useTyping(save);
  return (
    <Textarea
      {...parts}
      withAsterisk={required}
      size="xs"
      autosize
      minRows={2}
      maxRows={6}
      maxLength={MAX_TEXT}
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
