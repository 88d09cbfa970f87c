import i18next, { type TFunction } from "i18next";

import { asApiError, type ApiError } from "@/shared/api/errors";

/**
 * Returns the server's own sentence, which is in English and knows the case at hand; in other languages the fixed text
 * of its code, where there is one.
 */
function serverText(t: TFunction, error: ApiError): string {
  const known = t(`errors.${error.code}`, { defaultValue: "" });
  return i18next.resolvedLanguage === "en" ? error.message || known : known || error.message;
}

/** Says what happened and what to do about an error, in the person's language. */
export function errorText(t: TFunction, thrown: unknown): { what: string; todo: string } {
  const error = asApiError(thrown);
  if (error.status === 0) return { what: t("common.error.offline"), todo: t("common.error.doOffline") };
  if (error.status >= 500) return { what: t("common.error.server"), todo: t("common.error.doServer") };
  const what = serverText(t, error) || t("common.error.unknown", { code: error.code });
  if (error.status === 403) return { what, todo: t("common.error.doDenied") };
  if (error.status === 404) return { what, todo: t("common.error.doNotFound") };
  if (error.status === 409) return { what, todo: t("common.error.doConflict") };
  return { what, todo: t("common.error.doFix") };
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(textsIn);
  return [];
}

/** Returns what is wrong per field, ready to be shown beside it. */
export function fieldErrors(thrown: unknown): Record<string, string> {
  if (!thrown) return {};
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(asApiError(thrown).fields)) {
    const text = textsIn(value).join(" ");
    if (text) found[name] = text;
  }
  return found;
}
