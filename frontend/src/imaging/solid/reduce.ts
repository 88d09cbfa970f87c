/** A volume small enough to be drawn in 3-D: blocks of voxels become their mean. */

import { indexToWorld, type Grid } from "../grid";
import type { Vec3 } from "../types";

/** What is drawn in 3-D. */
export interface Reduced {
  readonly grid: Grid;
  readonly values: Float32Array;
  /** Own voxels along each axis that became one. */
  readonly factors: Vec3;
}

/** How many voxels along each axis become one, so that at most `budget` are left and those are near to cubes. */
export function reduction(grid: Grid, budget: number): Vec3 {
  const factors: [number, number, number] = [1, 1, 1];
  const left = () => factors.reduce((total, factor, axis) => total * Math.ceil((grid.size[axis] ?? 1) / factor), 1);
  while (left() > budget) {
    const edges = factors.map((factor, axis) => factor * (grid.spacing[axis] ?? 1));
    const open = [0, 1, 2].filter((axis) => (grid.size[axis] ?? 1) > (factors[axis] ?? 1));
    const finest = open.reduce(
      (best, axis) => ((edges[axis] ?? 0) < (edges[best] ?? Infinity) ? axis : best),
      open[0] ?? 0,
    );
    factors[finest as 0 | 1 | 2] += 1;
  }
  return factors;
}

/** Slices that are taken before others get their turn. */
const AT_ONCE = 8;

/**
 * Make the volume. `slice` gives the values of the k-th slice, null where they are not loaded.
 *
 * Resolves to null when a slice is missing or `stopped` says so. It gives way every few slices, so that nothing freezes.
 */
export async function reduce(
  grid: Grid,
  factors: Vec3,
  slice: (k: number) => ArrayLike<number> | null,
  stopped: () => boolean,
): Promise<Reduced | null> {
  const [ni, nj, nk] = grid.size;
  const [fi, fj, fk] = factors;
  const size: Vec3 = [Math.ceil(ni / fi), Math.ceil(nj / fj), Math.ceil(nk / fk)];
  const values = new Float32Array(size[0] * size[1] * size[2]);
  const plane = size[0] * size[1];
  const counts = new Uint16Array(plane);
  for (let k = 0; k < nk; k += 1) {
    if (k % AT_ONCE === 0) {
      await new Promise((go) => setTimeout(go, 0));
    }
    const from = stopped() ? null : slice(k);
    if (!from) {
      return null;
    }
    const sum = values.subarray(Math.floor(k / fk) * plane, (Math.floor(k / fk) + 1) * plane);
    if (k % fk === 0) {
      counts.fill(0);
    }
    for (let j = 0, at = 0; j < nj; j += 1) {
      const row = Math.floor(j / fj) * size[0];
      for (let i = 0; i < ni; i += 1, at += 1) {
        const to = row + Math.floor(i / fi);
        sum[to] = (sum[to] ?? 0) + (from[at] ?? 0);
        counts[to] = (counts[to] ?? 0) + 1;
      }
    }
    if (k % fk === fk - 1 || k === nk - 1) {
      for (let to = 0; to < plane; to += 1) {
        sum[to] = (sum[to] ?? 0) / (counts[to] ?? 1);
      }
    }
  }
  const spacing: Vec3 = [grid.spacing[0] * fi, grid.spacing[1] * fj, grid.spacing[2] * fk];
  const origin = indexToWorld(grid, [(fi - 1) / 2, (fj - 1) / 2, (fk - 1) / 2]);
  return { grid: { size, spacing, origin, axes: grid.axes }, values, factors };
}
