/** Where the labels of a grid lie, kept up to date slice by slice, so that a stroke costs a look at its own slices. */

import type { LabelGrid } from "../labelGrid";
import type { Vec3 } from "../types";

interface Part {
  readonly low: readonly [number, number];
  readonly high: readonly [number, number];
  /** Changes whenever the voxels of the label in the slice do (barring a chance of one in four billion). */
  readonly stamp: number;
}

export interface Extent {
  readonly low: Vec3;
  readonly high: Vec3;
  readonly stamp: string;
}

function partsOf(labels: Uint8Array, columns: number): Map<number, Part> {
  const found = new Map<number, { low: [number, number]; high: [number, number]; stamp: number }>();
  for (let at = 0; at < labels.length; at += 1) {
    const value = labels[at] ?? 0;
    if (value !== 0) {
      const [i, j] = [at % columns, Math.floor(at / columns)];
      const part = found.get(value) ?? { low: [i, j], high: [i, j], stamp: 0 };
      part.low = [Math.min(part.low[0], i), Math.min(part.low[1], j)];
      part.high = [Math.max(part.high[0], i), Math.max(part.high[1], j)];
      part.stamp = (Math.imul(part.stamp, 31) + at + 1) | 0;
      found.set(value, part);
    }
  }
  return found;
}

export class Extents {
  private readonly grid: LabelGrid;
  private readonly slices = new Map<number, ReadonlyMap<number, Part>>();
  private readonly stale: Set<number>;
  private readonly stop: () => void;

  constructor(grid: LabelGrid) {
    this.grid = grid;
    this.stale = new Set(grid.shapes.keys());
    this.stop = grid.onChange((slices) => slices.forEach((slice) => this.stale.add(slice)));
  }

  dispose(): void {
    this.stop();
  }

  /** The box around each label, corners included. */
  all(): ReadonlyMap<number, Extent> {
    for (const slice of this.stale) {
      const labels = this.grid.peek(slice);
      this.slices.set(slice, labels ? partsOf(labels, this.grid.shape(slice).columns) : new Map());
    }
    this.stale.clear();
    const found = new Map<number, { low: [number, number, number]; high: [number, number, number]; stamp: number[] }>();
    for (const [slice, parts] of [...this.slices].sort(([one], [two]) => one - two)) {
      for (const [value, { low, high, stamp }] of parts) {
        const box = found.get(value) ?? { low: [...low, slice], high: [...high, slice], stamp: [] };
        box.low = [Math.min(box.low[0], low[0]), Math.min(box.low[1], low[1]), Math.min(box.low[2], slice)];
        box.high = [Math.max(box.high[0], high[0]), Math.max(box.high[1], high[1]), Math.max(box.high[2], slice)];
        box.stamp.push(slice, stamp);
        found.set(value, box);
      }
    }
    return new Map([...found].map(([value, { low, high, stamp }]) => [value, { low, high, stamp: stamp.join() }]));
  }
}

/** Every how many voxels a box is looked at, so that at most `budget` are. */
export function stepFor({ low, high }: Pick<Extent, "low" | "high">, budget: number): number {
  const size = (step: number) =>
    [0, 1, 2].reduce((total, axis) => total * (Math.floor(((high[axis] ?? 0) - (low[axis] ?? 0)) / step) + 3), 1);
  let step = 1;
  while (size(step) > budget) {
    step += 1;
  }
  return step;
}

/** The voxels of a label in its box with an empty margin; with a step, a block counts when any of its voxels does. */
export function cutOut(
  grid: LabelGrid,
  value: number,
  { low, high }: Pick<Extent, "low" | "high">,
  step: number,
): { mask: Uint8Array; size: Vec3; first: Vec3 } {
  const size = ([0, 1, 2] as const).map((axis) => Math.floor((high[axis] - low[axis]) / step) + 3) as [
    number,
    number,
    number,
  ];
  const mask = new Uint8Array(size[0] * size[1] * size[2]);
  for (let k = low[2]; k <= high[2]; k += 1) {
    const labels = grid.peek(k);
    const { columns } = grid.shape(k);
    const plane = (Math.floor((k - low[2]) / step) + 1) * size[1];
    if (!labels) {
      continue;
    }
    for (let j = low[1]; j <= high[1]; j += 1) {
      const row = (plane + Math.floor((j - low[1]) / step) + 1) * size[0] + 1;
      for (let i = low[0]; i <= high[0]; i += 1) {
        if (labels[j * columns + i] === value) {
          mask[row + Math.floor((i - low[0]) / step)] = 1;
        }
      }
    }
  }
  const first = ([0, 1, 2] as const).map((axis) => low[axis] - step + (step - 1) / 2) as [number, number, number];
  return { mask, size, first };
}
