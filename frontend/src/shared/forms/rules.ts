/**
 * Which questions are asked, and whether an answer fits. The server has the same rules (annotations/reading/answers.py)
 * and is the truth; tests/annotations/reading/form_cases.json holds both to them.
 */

import type { Schemas } from "@/shared/api/types";

/** A question as it comes from the server; forms from before there was more lack the later parts. */
export type Question = Pick<Schemas["Question"], "key" | "text" | "kind"> & Partial<Schemas["Question"]>;
export type Answers = Readonly<Record<string, unknown>>;

export const MAX_TEXT = 4000;

/** What can be wrong with an answer: keys of the texts `forms.problem`. */
export type AnswerProblem =
  "" | "choice" | "several" | "score" | "yes_no" | "text" | "long" | "number" | "below" | "above";

/** True for what stands for no answer at all. */
export const isBlank = (value: unknown): boolean => value === undefined || value === null;

export const scaleValues = (question: Question): string[] => (question.scale ?? []).map(({ value }) => value);

export function answerProblem(question: Question, value: unknown): AnswerProblem {
  switch (question.kind) {
    case "choice":
      return (question.choices ?? []).includes(value as string) ? "" : "choice";
    case "several":
      return areChoices(question, value) ? "" : "several";
    case "score":
      return scaleValues(question).includes(value as string) ? "" : "score";
    case "yes_no":
      return typeof value === "boolean" ? "" : "yes_no";
    case "text":
      return textProblem(value);
    default:
      return numberProblem(question, value);
  }
}

function areChoices(question: Question, value: unknown): boolean {
  const choices = question.choices ?? [];
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    new Set(value).size === value.length &&
    value.every((one) => choices.includes(one as string))
  );
}

export function textProblem(value: unknown): "" | "text" | "long" {
  if (typeof value !== "string" || value.trim() === "") {
    return "text";
  }
  return [...value].length <= MAX_TEXT ? "" : "long"; // characters, as the server counts them
}

function numberProblem({ minimum, maximum }: Question, value: unknown): AnswerProblem {
  if (typeof value !== "number" || !Number.isFinite(value)) {
    return "number";
  }
  if (typeof minimum === "number" && value < minimum) {
    return "below";
  }
  return typeof maximum === "number" && value > maximum ? "above" : "";
}

/** The questions that are asked, given the answers: those whose conditions hold, chains included. */
export function askedQuestions<Asked extends Question>(
  questions: readonly Asked[],
  answers: Answers,
  label: number | null = null,
): Asked[] {
  const asked = new Map<string, Asked>();
  for (const question of questions) {
    const labels = question.labels ?? [];
    if ((labels.length === 0 || labels.includes(label ?? -1)) && isMet(question, asked, answers)) {
      asked.set(question.key, question);
    }
  }
  return [...asked.values()];
}

function isMet({ shown_if: condition }: Question, asked: ReadonlyMap<string, Question>, answers: Answers): boolean {
  if (!condition) {
    return true;
  }
  const on = asked.get(condition.question);
  const value = answers[condition.question];
  if (!on || isBlank(value) || answerProblem(on, value)) {
    return false;
  }
  const wanted: readonly unknown[] = condition.values ?? [];
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  return wanted.length === 0 || given.some((one) => wanted.includes(one));
}

/** Keys of questions that are asked and required and have no answer that fits. */
export function missingAnswers(
  questions: readonly Question[],
  answers: Answers,
  label: number | null = null,
): string[] {
  return askedQuestions(questions, answers, label)
    .filter(({ required }) => required)
    .filter((question) => isBlank(answers[question.key]) || answerProblem(question, answers[question.key]) !== "")
    .map(({ key }) => key);
}

/**
 * The value that a digit chooses in a row of values.
 *
 * In a scale whose values are numbers ("0", "4A") a digit chooses the value that begins with it, and pressed again the
 * next one; elsewhere it counts the values from 1.
 */
export function valueOfDigit(values: readonly string[], digit: string, current: unknown): string | null {
  if (values.some((value) => /^\d/.test(value))) {
    const fitting = values.filter((value) => value.startsWith(digit));
    return fitting[(fitting.indexOf(current as string) + 1) % fitting.length] ?? null;
  }
  return values[Number(digit) - 1] ?? null;
}
