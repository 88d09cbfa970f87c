/** Findings, the comment and the reason for not reading: answers of a kind, in the same journal (see answers.py). */

import type { Place } from "@/imaging";
import { missingAnswers, type Answers, type Question } from "@/shared/forms/rules";

import { newId } from "./codec";

export const COMMENT = ":comment";
export const NOT_READABLE = ":not_readable";
const PREFIX = "finding:";
/** Answers that begin so are key images (see keyImages.ts). */
export const KEY_IMAGE = "image:";
export const isKeyImage = (question: string): boolean => question.startsWith(KEY_IMAGE);

export const REASONS = ["motion", "artefact", "incomplete", "wrong_images", "contrast", "other"] as const;
export type Reason = (typeof REASONS)[number];

export interface NotReadable {
  readonly reason: Reason;
  readonly text: string;
}

/** Where a finding lies, as it is kept. */
export interface KeptPlace {
  readonly series_uid: string;
  readonly volume_index: number;
  readonly sop_instance_uid: string;
  readonly frame_number: number;
  readonly point_lps: readonly number[] | null;
}

/** One finding, as it is kept: whole in every change. */
export interface KeptFinding {
  readonly name: string;
  readonly order: number;
  readonly label: number | null;
  readonly measurement: string | null;
  readonly place: KeptPlace | null;
  readonly answers: Answers;
}

export interface Finding extends KeptFinding {
  readonly key: string;
}

/** The findings among the answers, in their order. */
export function findingsOf(answers: Answers): Finding[] {
  return Object.entries(answers)
    .filter(([key, value]) => key.startsWith(PREFIX) && value !== null)
    .map(([key, value]) => ({ ...(value as KeptFinding), key }))
    .sort((a, b) => a.order - b.order || a.key.localeCompare(b.key));
}

export const newFindingKey = (): string => PREFIX + newId().replaceAll("-", "");

/** A finding as it is kept, without its key. */
export const kept = ({ key: _, ...finding }: Finding): KeptFinding => finding;

export function keptPlace({ sop, frame, pointLps }: Place, seriesUid: string, volumeIndex: number): KeptPlace {
  return {
    series_uid: seriesUid,
    volume_index: volumeIndex,
    sop_instance_uid: sop,
    frame_number: frame,
    point_lps: pointLps ? [...pointLps] : null,
  };
}

export const notReadableIn = (answers: Answers): NotReadable | null =>
  (answers[NOT_READABLE] as NotReadable | null | undefined) ?? null;

export const commentIn = (answers: Answers): string => String(answers[COMMENT] ?? "");

/** Something that still has to be answered: of the case, or of a finding. */
export interface Missing {
  readonly finding: Finding | null;
  readonly question: Question;
}

interface Form {
  readonly questions?: readonly Question[];
  readonly lesion?: readonly Question[];
}

/** What stands in the way of submitting. Nothing does where the case cannot be read. */
export function missingIn(form: Form, answers: Answers): Missing[] {
  if (notReadableIn(answers)) {
    return [];
  }
  const pick = (questions: readonly Question[], keys: readonly string[]) =>
    questions.filter(({ key }) => keys.includes(key));
  const { questions = [], lesion = [] } = form;
  return [
    ...pick(questions, missingAnswers(questions, answers)).map((question) => ({ finding: null, question })),
    ...findingsOf(answers).flatMap((finding) =>
      pick(lesion, missingAnswers(lesion, finding.answers, finding.label)).map((question) => ({ finding, question })),
    ),
  ];
}
