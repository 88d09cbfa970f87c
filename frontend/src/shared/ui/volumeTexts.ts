import type { TFunction } from "i18next";

import { volumeLabel } from "../i18n/locales/en/studies.json";
import { sentencesOf, translated } from "../i18n/sentences";

const PARTS = sentencesOf("studies.volumeLabel", volumeLabel);

/** Returns what sets a volume of a series apart, in the person's language: "echo 2 of 3 (4.6 ms), time point 1 of 5". */
export function volumeText(t: TFunction, label: string): string {
  return label
    .split(", ")
    .map((part) => translated(t, PARTS, part))
    .join(", ");
}
