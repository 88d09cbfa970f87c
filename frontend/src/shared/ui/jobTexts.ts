import type { TFunction } from "i18next";

import { ApiError } from "@/shared/api/errors";
import { isLive, type Job } from "@/shared/api/jobs";

import { said } from "../i18n/locales/en/jobs.json";
import { sentencesOf, translated } from "../i18n/sentences";
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

/** What jobs say while they go on. */
const SENTENCES = sentencesOf("jobs.said", said);

/** Returns what a job says of its progress in the person's language. */
export const progressText = (t: TFunction, message: string): string => translated(t, SENTENCES, message);
