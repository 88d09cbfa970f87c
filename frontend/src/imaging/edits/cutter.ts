/** Boxes of voxels cut out of labels and images. Rows are copied whole, by the engine's own loops. */

import type { LabelGrid } from "../labelGrid";
import type { Axis, Vec3 } from "../types";
import { voxelsIn, type Pixels, type Region } from "./types";

export const wholeOf = (size: Vec3): Region => ({ lo: [0, 0, 0], size });

/** The smallest box around a label, or null where there is none. */
export function boundsOf(grid: LabelGrid, value: number): Region | null {
  const lo = [Infinity, Infinity, Infinity] as [number, number, number];
  const hi = [-1, -1, -1] as [number, number, number];
  for (const k of grid.slicesWith(value)) {
    const labels = grid.peek(k) ?? new Uint8Array();
    const { columns } = grid.shape(k);
    const first = Math.floor(labels.indexOf(value) / columns);
    const last = Math.floor(labels.lastIndexOf(value) / columns);
    for (let j = first; j <= last; j += 1) {
      const row = labels.subarray(j * columns, (j + 1) * columns);
      const left = row.indexOf(value);
      if (left >= 0) {
        lo[0] = Math.min(lo[0], left);
        hi[0] = Math.max(hi[0], row.lastIndexOf(value));
      }
    }
    lo[1] = Math.min(lo[1], first);
    hi[1] = Math.max(hi[1], last);
    lo[2] = Math.min(lo[2], k);
    hi[2] = Math.max(hi[2], k);
  }
  return hi[2] < 0 ? null : { lo, size: [hi[0] - lo[0] + 1, hi[1] - lo[1] + 1, hi[2] - lo[2] + 1] };
}

/** A box wider by so many voxels on each side, as far as the grid goes. */
export function widened({ lo, size }: Region, by: Vec3, within: Vec3): Region {
  const from = (axis: Axis) => Math.max(0, lo[axis] - by[axis]);
  const count = (axis: Axis) => Math.min(within[axis], lo[axis] + size[axis] + by[axis]) - from(axis);
  return { lo: [from(0), from(1), from(2)], size: [count(0), count(1), count(2)] };
}

/** Voxels that hold so many millimetres, and one more. */
export const voxelsFor = (mm: number, spacing: Vec3): Vec3 => [
  Math.ceil(mm / spacing[0]) + 1,
  Math.ceil(mm / spacing[1]) + 1,
  Math.ceil(mm / spacing[2]) + 1,
];

/** The smallest box around two, either of which may be missing. */
export function joined(one: Region | null, two: Region | null): Region | null {
  if (!one || !two) {
    return one ?? two;
  }
  const lo = ([0, 1, 2] as const).map((axis) => Math.min(one.lo[axis], two.lo[axis])) as unknown as Vec3;
  const size = ([0, 1, 2] as const).map(
    (axis) => Math.max(one.lo[axis] + one.size[axis], two.lo[axis] + two.size[axis]) - lo[axis],
  ) as unknown as Vec3;
  return { lo, size };
}

export function cutLabels(grid: LabelGrid, region: Region): Uint8Array {
  const result = new Uint8Array(voxelsIn(region.size));
  copyRows(region, (k) => grid.peek(k), grid.shape(region.lo[2]).columns, result);
  return result;
}

/** Grey values of a box; null where an image is missing or has none. */
export function cutImage(values: (slice: number) => Pixels | null, columns: number, region: Region): Pixels | null {
  const { lo, size } = region;
  const first = values(lo[2]);
  if (!first) {
    return null;
  }
  for (let k = lo[2]; k < lo[2] + size[2]; k += 1) {
    if (!values(k)) {
      return null;
    }
  }
  const Same = first.constructor as new (length: number) => Pixels;
  const result = new Same(voxelsIn(size));
  copyRows(region, values, columns, result);
  return result;
}

function copyRows({ lo, size }: Region, slice: (k: number) => Pixels | null, columns: number, result: Pixels): void {
  for (let k = 0; k < size[2]; k += 1) {
    const source = slice(lo[2] + k);
    if (!source) {
      continue;
    }
    for (let j = 0; j < size[1]; j += 1) {
      const start = (lo[1] + j) * columns + lo[0];
      result.set(source.subarray(start, start + size[0]), (k * size[1] + j) * size[0]);
    }
  }
}
