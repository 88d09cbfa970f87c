import type { TFunction } from "i18next";

/** Returns the name of a kind of job in the person's language; the kind itself when it has none. */
export function jobTitle(t: TFunction, kind: string): string {
  return t(`jobs.kinds.${kind.replaceAll(".", "_")}`, { defaultValue: kind });
}
