/** Why images are not there, in the reader's language. */

import i18next from "i18next";

import { AnswerError, isBroken } from "@/imaging";
import { ApiError } from "@/shared/api/errors";
import { errorText } from "@/shared/ui/errorText";

/** Frames and metadata come without a code of their own: a 404 is an image that is not there. */
const codeOf = (status: number) => (status === 404 ? "instance_not_found" : `http_${status}`);

export function imageTrouble(thrown: unknown): string {
  if (thrown instanceof ApiError) {
    return errorText(i18next.t, thrown).what;
  }
  if (thrown instanceof Error && isBroken(thrown)) {
    return i18next.t("room.brokenFrame");
  }
  if (thrown instanceof AnswerError) {
    return errorText(i18next.t, new ApiError(thrown.status, codeOf(thrown.status), "")).what;
  }
  return thrown instanceof Error ? thrown.message : String(thrown);
}
