import type { TFunction } from "i18next";

import { asApiError } from "@/shared/api/errors";

/** Says what happened and what to do about an error, in the person's language. */
export function errorText(t: TFunction, thrown: unknown): { what: string; todo: string } {
  const error = asApiError(thrown);
  if (error.status === 0) return { what: t("common.error.offline"), todo: t("common.error.doOffline") };
  if (error.status >= 500) return { what: t("common.error.server"), todo: t("common.error.doServer") };
  const what = error.message || t("common.error.unknown", { code: error.code });
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
