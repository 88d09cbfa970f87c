/** The brush: discs and balls swept along the pointer's path, written into a label grid as the hand moves. */

import type { Gate } from "./edits/gate";
import { diffRuns, type LabelGrid, type Runs } from "./labelGrid";
import type { Axis, Vec3 } from "./types";

export interface Brush {
  /** 0 erases. */
  readonly value: number;
  readonly radiusMm: number;
  /** The axis along which the brush is one voxel thin; null: a ball. */
  readonly flatAxis: Axis | null;
  /** Millimetres between voxels along i, j, k. */
  readonly spacing: Vec3;
  /** Values that a stroke leaves as they are. */
  readonly locked: ReadonlySet<number>;
  /** Where it may write at all; null: everywhere. */
  readonly allows: Gate | null;
}

const AXES = [0, 1, 2] as const;

/** Squared distance in mm² from a voxel to the path between two index points, ignoring the flat axis. */
function squaredDistance(voxel: Vec3, from: Vec3, to: Vec3, brush: Brush): number {
  let along = 0;
  let length = 0;
  for (const axis of AXES) {
    if (axis !== brush.flatAxis) {
      const step = (to[axis] - from[axis]) * brush.spacing[axis];
      along += (voxel[axis] - from[axis]) * brush.spacing[axis] * step;
      length += step * step;
    }
  }
  const part = length > 0 ? Math.min(1, Math.max(0, along / length)) : 0;
  let sum = 0;
  for (const axis of AXES) {
    if (axis !== brush.flatAxis) {
      const near = from[axis] + (to[axis] - from[axis]) * part;
      sum += ((voxel[axis] - near) * brush.spacing[axis]) ** 2;
    }
  }
  return sum;
}

function bounds(axis: Axis, count: number, from: Vec3, to: Vec3, brush: Brush): readonly [number, number] {
  if (axis === brush.flatAxis) {
    const layer = Math.round(to[axis]);
    return [layer, layer];
  }
  const reach = brush.radiusMm / brush.spacing[axis];
  return [
    Math.max(0, Math.ceil(Math.min(from[axis], to[axis]) - reach)),
    Math.min(count - 1, Math.floor(Math.max(from[axis], to[axis]) + reach)),
  ];
}

/**
 * Visit every voxel whose centre lies within the radius of the path `from` → `to`, and the voxel under `to` itself.
 *
 * Parameters are voxel coordinates (i, j, k), fractions allowed. Cost grows with the box around the path.
 */
export function sweep(
  size: Vec3,
  from: Vec3,
  to: Vec3,
  brush: Brush,
  visit: (i: number, j: number, k: number) => void,
): void {
  const limit = brush.radiusMm ** 2;
  const centre: Vec3 = [Math.round(to[0]), Math.round(to[1]), Math.round(to[2])];
  const inside = AXES.every((axis) => centre[axis] >= 0 && centre[axis] < size[axis]);
  if (brush.flatAxis !== null && !(centre[brush.flatAxis] >= 0 && centre[brush.flatAxis] < size[brush.flatAxis])) {
    return;
  }
  if (inside) {
    visit(centre[0], centre[1], centre[2]);
  }
  const [iFirst, iLast] = bounds(0, size[0], from, to, brush);
  const [jFirst, jLast] = bounds(1, size[1], from, to, brush);
  const [kFirst, kLast] = bounds(2, size[2], from, to, brush);
  for (let k = kFirst; k <= kLast; k += 1) {
    for (let j = jFirst; j <= jLast; j += 1) {
      for (let i = iFirst; i <= iLast; i += 1) {
        if (squaredDistance([i, j, k], from, to, brush) <= limit) {
          visit(i, j, k);
        }
      }
    }
  }
}

/** One stroke from pointer down to pointer up. It keeps what was there before, so that it can be undone. */
export class Stroke {
  private readonly before = new Map<number, Uint8Array>();
  private last: Vec3 | null = null;
  private readonly grid: LabelGrid;
  private readonly size: Vec3;
  private readonly brush: Brush;

  /** `size` bounds the stroke in voxels; a loose stack gives its current frame alone. */
  constructor(grid: LabelGrid, size: Vec3, brush: Brush) {
    this.grid = grid;
    this.size = size;
    this.brush = brush;
  }

  /** Begin at, or go on to, a point (voxel coordinates); returns the slices that changed. */
  to(point: Vec3): ReadonlySet<number> {
    const changed = new Set<number>();
    let [i0, i1, j0, j1, k0, k1] = [Infinity, -1, Infinity, -1, Infinity, -1];
    const { value, locked, allows } = this.brush;
    sweep(this.size, this.last ?? point, point, this.brush, (i, j, k) => {
      const existing = this.grid.peek(k);
      const offset = j * this.grid.shape(k).columns + i;
      const old = existing?.[offset] ?? 0;
      if (old === value || locked.has(old) || (allows && !allows(k, offset))) {
        return;
      }
      const labels = this.grid.touch(k);
      if (!this.before.has(k)) {
        this.before.set(k, labels.slice());
      }
      this.grid.write(labels, offset, value);
      changed.add(k);
      [i0, i1, j0, j1] = [Math.min(i0, i), Math.max(i1, i), Math.min(j0, j), Math.max(j1, j)];
      [k0, k1] = [Math.min(k0, k), Math.max(k1, k)];
    });
    this.last = point;
    this.grid.changed(changed, [
      [i0, i1],
      [j0, j1],
      [k0, k1],
    ]);
    return changed;
  }

  /** End the stroke; returns what it changed, empty when nothing. */
  finish(): Runs[] {
    const runs: Runs[] = [];
    for (const [slice, before] of this.before) {
      const step = diffRuns(slice, before, this.grid.peek(slice) ?? before);
      if (step) {
        runs.push(step);
      }
    }
    return runs;
  }
}
