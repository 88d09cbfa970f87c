/** The rules as a brush asks them, voxel by voxel. */

import type { LabelLayers } from "../labelLayers";
import type { Range } from "../types";
import type { Pixels, Rules } from "./types";

/** Whether a voxel, by slice and offset in it, may be changed. */
export type Gate = (slice: number, offset: number) => boolean;

/** Null where everything may be changed. A voxel without a grey value lies in no range. */
export function gateFor(
  rules: Rules,
  threshold: Range | null,
  labels: LabelLayers,
  values: (slice: number) => Pixels | null,
): Gate | null {
  const ranges = [rules.range, threshold].filter((range) => range !== null);
  const { area } = rules;
  if (ranges.length === 0 && !area) {
    return null;
  }
  const lower = Math.max(...ranges.map((range) => range.lower));
  const upper = Math.min(...ranges.map((range) => range.upper));
  let known: { slice: number; image: Pixels | null } | null = null;
  return (slice, offset) => {
    if (area && (labels.of(area.label).peek(slice)?.[offset] === area.label) !== area.inside) {
      return false;
    }
    if (ranges.length === 0) {
      return true;
    }
    known = known?.slice === slice ? known : { slice, image: values(slice) };
    const value = known.image?.[offset] ?? Number.NaN;
    return value >= lower && value <= upper;
  };
}
