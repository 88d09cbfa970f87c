/** A proposal as an edit: the box around it, and what is to be written there. */

import type { Operation, Region } from "../edits/types";
import type { LabelLayers } from "../labelLayers";
import type { FrameMask } from "../types";

/** Null when no frame of these images holds the label. */
export function proposalOf(
  frames: readonly FrameMask[],
  labels: LabelLayers,
  label: number,
): { readonly operation: Operation; readonly region: Region } | null {
  const slices = new Map(labels.shapes.map(({ key }, slice) => [`${key.sop}#${key.frame}`, slice]));
  const placed = frames.flatMap((mask) => {
    const slice = slices.get(`${mask.sop}#${mask.frame}`);
    const box = slice === undefined ? null : boundsOf(mask, label);
    return slice === undefined || !box ? [] : [{ mask, slice, box }];
  });
  if (placed.length === 0) {
    return null;
  }
  const least = (values: number[]) => values.reduce((a, b) => Math.min(a, b));
  const most = (values: number[]) => values.reduce((a, b) => Math.max(a, b));
  const lo = [
    least(placed.map(({ box }) => box[0])),
    least(placed.map(({ box }) => box[1])),
    least(placed.map(({ slice }) => slice)),
  ] as const;
  const size = [
    most(placed.map(({ box }) => box[2])) - lo[0] + 1,
    most(placed.map(({ box }) => box[3])) - lo[1] + 1,
    most(placed.map(({ slice }) => slice)) - lo[2] + 1,
  ] as const;
  const source = new Uint8Array(size[0] * size[1] * size[2]);
  for (const { mask, slice } of placed) {
    for (let row = 0; row < size[1]; row += 1) {
      const from = (lo[1] + row) * mask.columns + lo[0];
      source.set(mask.labels.subarray(from, from + size[0]), ((slice - lo[2]) * size[1] + row) * size[0]);
    }
  }
  const map = [
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 0, 1, 0],
  ] as const;
  return { operation: { kind: "copy", source, sourceSize: size, value: label, map }, region: { lo, size } };
}

/** [left, top, right, bottom] of a label; null where the frame has none of it. */
function boundsOf(
  { rows, columns, labels }: FrameMask,
  label: number,
): readonly [number, number, number, number] | null {
  let [left, top, right, bottom] = [columns, rows, -1, -1];
  for (let row = 0; row < rows; row += 1) {
    const line = labels.subarray(row * columns, (row + 1) * columns);
    const first = line.indexOf(label);
    if (first >= 0) {
      left = Math.min(left, first);
      right = Math.max(right, line.lastIndexOf(label));
      top = Math.min(top, row);
      bottom = row;
    }
  }
  return right < 0 ? null : [left, top, right, bottom];
}
