import type { Label } from "./protocol";

/** Label value of a model, as text → label value of the project. */
export type LabelMap = Record<string, number>;

function plain(name: string): string {
  return name.replaceAll("_", " ").toLowerCase().split(/\s+/).filter(Boolean).join(" ");
}

/** Proposes which label of a model is which of the project: those whose name or coded meaning is the same. */
export function matchLabels(
  modelLabels: Readonly<Record<string, string>>,
  labels: readonly Pick<Label, "value" | "name" | "type_meaning">[],
): LabelMap {
  const map: LabelMap = {};
  for (const [value, name] of Object.entries(modelLabels)) {
    const found =
      labels.find((label) => plain(label.name) === plain(name)) ??
      labels.find((label) => plain(label.type_meaning) === plain(name));
    if (found) map[value] = found.value;
  }
  return map;
}
