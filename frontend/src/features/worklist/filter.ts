import type { Schemas } from "@/shared/api/types";

export type WorklistRow = Schemas["WorklistRow"];
export type Show = "todo" | "done" | "all";

/** Returns the rows that are shown: every word of the filter must be found in some text of the row. */
export function filterRows(
  rows: readonly WorklistRow[],
  show: Show,
  filter: string,
  stateText: (row: WorklistRow) => string,
): WorklistRow[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    if (show === "todo" && row.state === "submitted") return false;
    if (show === "done" && row.state !== "submitted") return false;
    const text = [row.project.name, row.case_number, row.study_description, row.modality, stateText(row)]
      .join(" ")
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
