import type { TFunction } from "i18next";

import { ApiError } from "@/shared/api/errors";
import { isLive, type Job } from "@/shared/api/jobs";

import { said } from "../i18n/locales/en/jobs.json";
import { errorText } from "./errorText";

/** Returns the name of a kind of job in the person's language; the kind itself when it has none. */
export function jobTitle(t: TFunction, kind: string): string {
  return t(`jobs.kinds.${kind.replaceAll(".", "_")}`, { defaultValue: kind });
}

/** What texts need to know of a job. */
type Spoken = Pick<Job, "message" | "error_code" | "error_message"> & { readonly state: string };

/** Returns what a job is doing while it goes on, and why it failed; nothing of one that ended well. */
export function jobMessage(t: TFunction, job: Spoken): string {
  return failureText(t, job) || (isLive(job) ? progressText(t, job.message) : "");
}

/** Returns why a job failed, in the person's language where it has words for it; nothing of one that did not. */
export function failureText(t: TFunction, job: Pick<Job, "error_code" | "error_message">): string {
  return job.error_message && errorText(t, new ApiError(400, job.error_code, job.error_message)).what;
}

/** What jobs say while they go on: the server writes it in English, in these words. */
const SENTENCES = Object.entries(said)
  .flatMap(([key, words]) => (typeof words === "string" ? [{ key, words, pattern: patternOf(words) }] : []))
  .toSorted((one, other) => fixed(other.words) - fixed(one.words)); // "1 of 2" is in many of them

/** How much of a sentence is always the same. */
function fixed(words: string): number {
  return words.replaceAll(/\{\{\w+\}\}/g, "").length;
}

function patternOf(words: string): RegExp {
  const plain = words.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${plain.replaceAll(/\{\{(\w+)\}\}/g, "(?<$1>.+)")}$`);
}

/** Returns what a job says of its progress in the person's language; as it is where it is no known sentence. */
export function progressText(t: TFunction, message: string): string {
  for (const { key, pattern } of SENTENCES) {
    const found = pattern.exec(message);
    if (found) {
      return t(`jobs.said.${key}`, { ...found.groups });
    }
  }
  return message;
}
