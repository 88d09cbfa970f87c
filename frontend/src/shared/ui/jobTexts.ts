import type { TFunction } from "i18next";

import { ApiError } from "@/shared/api/errors";
import { isLive, type Job } from "@/shared/api/jobs";

import { errorText } from "./errorText";

/** Returns the name of a kind of job in the person's language; the kind itself when it has none. */
export function jobTitle(t: TFunction, kind: string): string {
  return t(`jobs.kinds.${kind.replaceAll(".", "_")}`, { defaultValue: kind });
}

/** Returns what a job is doing while it goes on, and why it failed; nothing of one that ended well. */
export function jobMessage(t: TFunction, job: Pick<Job, "state" | "message" | "error_code" | "error_message">): string {
  if (job.error_message) return errorText(t, new ApiError(400, job.error_code, job.error_message)).what;
  return isLive(job) ? job.message : "";
}
