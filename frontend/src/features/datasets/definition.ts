import type { Schemas } from "@/shared/api/types";

export type Definition = Schemas["DefinitionRequest"];
export type Release = Schemas["Release"];
export type Preview = Schemas["Preview"];
export type Format = Definition["formats"][number];
export type Split = "train" | "val" | "test";

export const formats: readonly Format[] = ["nnunet", "dicom_seg"];
export const splits: readonly Split[] = ["train", "val", "test"];

/** What the form holds: shares in whole per cent, so that they can be added without rounding. */
export interface Draft {
  name: string;
  labelSource: Definition["label_source"];
  reader: string | null;
  formats: Format[];
  percent: Record<Split, number>;
  seed: number;
}

export const firstDraft: Draft = {
  name: "",
  labelSource: "consensus",
  reader: null,
  formats: ["nnunet", "dicom_seg"],
  percent: { train: 70, val: 15, test: 15 },
  seed: 0,
};

export function percentSum(draft: Draft): number {
  return splits.reduce((sum, split) => sum + draft.percent[split], 0);
}

/** True when the draft can be asked about; a name is needed only to freeze. */
export function isComplete(draft: Draft): boolean {
  return percentSum(draft) === 100 && draft.formats.length > 0 && (draft.labelSource !== "reader" || !!draft.reader);
}

/** Returns the definition as the server takes it. */
export function definitionOf(draft: Draft): Definition {
  return {
    name: draft.name.trim(),
    label_source: draft.labelSource,
    reader: draft.labelSource === "reader" ? draft.reader : null,
    formats: draft.formats,
    shares: { train: draft.percent.train / 100, val: draft.percent.val / 100, test: draft.percent.test / 100 },
    seed: draft.seed,
  };
}
