/**
 * Mammograms: which breast and view an image shows, and how it hangs. Both breasts are seen as if they faced the reader
 * back to back: the right one at the left, and the chest walls meet in the middle.
 */

import type { DicomJson } from "./header";

/** One image of a mammography, as its header names it. */
export interface Mammogram {
  readonly sop: string;
  readonly side: "R" | "L";
  readonly view: "CC" | "MLO";
}

/** The edge of the pane to which the chest wall belongs, and the columns of the image that it lies on. */
export interface ChestWall {
  readonly edge: "left" | "right";
  readonly columns: "first" | "last";
}

/** Codes of CID 4014, of SNOMED CT and of the time before. */
const VIEWS: Readonly<Record<string, Mammogram["view"]>> = {
  "399162004": "CC",
  "R-10242": "CC",
  "399368009": "MLO",
  "R-10226": "MLO",
};
const SHARED_GROUPS = "52009229";
const FRAME_ANATOMY = "00209071";

const word = (instance: DicomJson | undefined, tag: string): string => String(instance?.[tag]?.Value?.[0] ?? "");
const item = (instance: DicomJson | undefined, tag: string) => instance?.[tag]?.Value?.[0] as DicomJson | undefined;

function sideOf(instance: DicomJson): "R" | "L" | null {
  const shared = item(item(instance, SHARED_GROUPS), FRAME_ANATOMY);
  const side = word(instance, "00200062") || word(shared, "00209072") || word(instance, "00200060");
  return side === "R" || side === "L" ? side : null;
}

/** What an image shows; null where it is no mammogram, or shows another view. */
export function mammogramOf(instance: DicomJson): Mammogram | null {
  const side = word(instance, "00080060") === "MG" ? sideOf(instance) : null;
  const position = word(instance, "00185101");
  const code = word(item(instance, "00540220"), "00080100");
  const view = position === "CC" || position === "MLO" ? position : position ? undefined : VIEWS[code];
  return side && view ? { sop: word(instance, "00080018"), side, view } : null;
}

/** Where the chest wall of a mammogram is, by its Patient Orientation; null where its header does not say. */
export function chestWallOf(instance: DicomJson): ChestWall | null {
  const side = word(instance, "00080060") === "MG" ? sideOf(instance) : null;
  const along = word(instance, "00200020").charAt(0); // where columns go, as they rise
  if (!side || (along !== "A" && along !== "P")) {
    return null;
  }
  return { edge: side === "R" ? "right" : "left", columns: along === "P" ? "last" : "first" };
}

/** The order in which they hang: right before left, and CC above MLO. */
export const HANGING_ORDER: readonly (readonly [Mammogram["side"], Mammogram["view"]])[] = [
  ["R", "CC"],
  ["L", "CC"],
  ["R", "MLO"],
  ["L", "MLO"],
];
