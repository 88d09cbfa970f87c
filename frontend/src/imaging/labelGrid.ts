/** Label values on frames: one uint8 image per slice, made when first needed, counted as it changes. */

import type { Axis, FrameKey, FrameMask, Vec3 } from "./types";

export interface SliceShape {
  readonly key: FrameKey;
  readonly rows: number;
  readonly columns: number;
}

/** [start, length, before, after] of equal neighbours, one array for each slice. */
export interface Runs {
  readonly slice: number;
  readonly runs: Int32Array;
}

/** Frames as they are now, without a copy: whoever writes on writes into a copy until they are given back. */
export interface Lent {
  readonly frames: readonly FrameMask[];
  release(): void;
}

/** First and last index along i, j and k of a box of voxels. */
export type Region = readonly [Span, Span, Span];
type Span = readonly [first: number, last: number];

const around = (one: Span, two: Span): Span => [Math.min(one[0], two[0]), Math.max(one[1], two[1])];
const union = (one: Region, two: Region): Region => [
  around(one[0], two[0]),
  around(one[1], two[1]),
  around(one[2], two[2]),
];

/** So many of the latest changes are remembered with where they were: more than there are between two pictures. */
const REMEMBERED = 64;

const idOf = (key: FrameKey): string => `${key.sop}#${key.frame}#${key.layer}`;

export class LabelGrid {
  readonly shapes: readonly SliceShape[];
  private readonly slices: (Uint8Array | null)[];
  /** How often each slice is lent at present. */
  private readonly lent: Uint16Array;
  private readonly counts = new Float64Array(256);
  private readonly sliceOf: ReadonlyMap<string, number>;
  private readonly listeners = new Set<(slices: ReadonlySet<number>) => void>();
  /** Grows by one with every change. */
  version = 0;
  private recent: { readonly version: number; readonly region: Region }[] = [];

  constructor(shapes: readonly SliceShape[]) {
    this.shapes = shapes;
    this.slices = shapes.map(() => null);
    this.lent = new Uint16Array(shapes.length);
    this.sliceOf = new Map(shapes.map((shape, slice) => [idOf(shape.key), slice]));
  }

  get depth(): number {
    return this.shapes.length;
  }

  /** Subscribe to changed slices; returns the unsubscriber. */
  onChange(listener: (slices: ReadonlySet<number>) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Tell that slices changed, and where, if it is known. Writers call it once per step, after their last voxel. */
  changed(slices: ReadonlySet<number>, region: Region | null = null): void {
    if (slices.size === 0) {
      return;
    }
    this.version += 1;
    if (region) {
      this.recent = [...this.recent.slice(1 - REMEMBERED), { version: this.version, region }];
    }
    for (const listener of this.listeners) {
      listener(slices);
    }
  }

  /** The box around all that changed after a version; null where that is not known. */
  changedSince(version: number): Region | null {
    const regions = this.recent.filter((change) => change.version > version).map(({ region }) => region);
    return regions.length === this.version - version && regions.length > 0 ? regions.reduce(union) : null;
  }

  shape(slice: number): SliceShape {
    const shape = this.shapes[slice];
    if (!shape) {
      throw new RangeError(`There is no slice ${slice}`);
    }
    return shape;
  }

  /** The labels of a slice, or null while it is empty and untouched. Not a copy. */
  peek(slice: number): Uint8Array | null {
    return this.slices[slice] ?? null;
  }

  /** The labels of a slice, to write into through `write`. Not a copy, and not to be kept: a lent slice is left as it is. */
  touch(slice: number): Uint8Array {
    const present = this.slices[slice];
    if (present && this.lent[slice] === 0) {
      return present;
    }
    const { rows, columns } = this.shape(slice);
    const labels = present?.slice() ?? new Uint8Array(rows * columns);
    this.slices[slice] = labels;
    this.lent[slice] = 0;
    return labels;
  }

  at(index: Vec3): number {
    const [i, j, k] = index;
    const shape = this.shapes[k];
    if (!shape || i < 0 || j < 0 || i >= shape.columns || j >= shape.rows) {
      return 0;
    }
    return this.slices[k]?.[j * shape.columns + i] ?? 0;
  }

  /** Put one voxel, keeping the counts. */
  write(labels: Uint8Array, offset: number, value: number): void {
    const before = labels[offset] ?? 0;
    labels[offset] = value;
    this.counts[before] = (this.counts[before] ?? 0) - 1;
    this.counts[value] = (this.counts[value] ?? 0) + 1;
  }

  /** Voxels of each label value that occurs. */
  voxelsByLabel(): Map<number, number> {
    const result = new Map<number, number>();
    for (let value = 1; value < 256; value += 1) {
      const count = this.counts[value] ?? 0;
      if (count > 0) {
        result.set(value, count);
      }
    }
    return result;
  }

  /** Slices in which a label occurs, in order. */
  slicesWith(value: number): number[] {
    return this.slices.flatMap((labels, slice) => (labels?.includes(value) ? [slice] : []));
  }

  keysOf(slices: Iterable<number>): FrameKey[] {
    return [...slices].map((slice) => this.shape(slice).key);
  }

  /** The wanted frames for a while (see `Lent`); frames of another volume are left out. */
  lendFrames(keys: Iterable<FrameKey>): Lent {
    const frames: FrameMask[] = [];
    const lent: [number, Uint8Array][] = [];
    for (const key of keys) {
      const slice = this.sliceOf.get(idOf(key));
      if (slice !== undefined) {
        const { rows, columns } = this.shape(slice);
        const labels = this.slices[slice] ?? this.touch(slice);
        this.lent[slice] = (this.lent[slice] ?? 0) + 1;
        lent.push([slice, labels]);
        frames.push({ ...key, rows, columns, labels });
      }
    }
    const release = () => {
      for (const [slice, labels] of lent.splice(0)) {
        if (this.slices[slice] === labels) {
          this.lent[slice] = (this.lent[slice] ?? 1) - 1;
        }
      }
    };
    return { frames, release };
  }

  /** Copies of the wanted frames; frames of another volume are left out. */
  exportFrames(keys: Iterable<FrameKey>): FrameMask[] {
    const result: FrameMask[] = [];
    for (const key of keys) {
      const slice = this.sliceOf.get(idOf(key));
      if (slice !== undefined) {
        const { rows, columns } = this.shape(slice);
        const labels = this.slices[slice];
        result.push({ ...key, rows, columns, labels: labels ? labels.slice() : new Uint8Array(rows * columns) });
      }
    }
    return result;
  }

  /** Replace whole frames; frames of another volume are ignored. Throws RangeError when a shape does not fit. */
  importFrames(frames: Iterable<FrameMask>): void {
    const changed = new Set<number>();
    for (const frame of frames) {
      const slice = this.sliceOf.get(idOf(frame));
      if (slice === undefined) {
        continue;
      }
      const shape = this.shape(slice);
      if (
        shape.rows !== frame.rows ||
        shape.columns !== frame.columns ||
        frame.labels.length !== shape.rows * shape.columns
      ) {
        throw new RangeError(`A mask of ${frame.rows} × ${frame.columns} does not fit frame ${idOf(frame)}`);
      }
      this.replace(slice, frame.labels);
      changed.add(slice);
    }
    this.changed(changed);
  }

  private replace(slice: number, next: Uint8Array): void {
    const labels = this.touch(slice);
    const change = new Int32Array(256);
    for (let offset = 0; offset < labels.length; offset += 1) {
      const before = labels[offset] ?? 0;
      const value = next[offset] ?? 0;
      if (before !== value) {
        change[before] = (change[before] ?? 0) - 1;
        change[value] = (change[value] ?? 0) + 1;
      }
    }
    labels.set(next);
    change.forEach((count, value) => {
      this.counts[value] = (this.counts[value] ?? 0) + count;
    });
  }

  /**
   * Apply recorded runs: `undo` writes what was before, otherwise what came after.
   *
   * The other of the two must be there, as it is when steps are taken back in their order; so whole runs are filled at
   * once, and a step over millions of voxels takes milliseconds.
   */
  applyRuns(steps: readonly Runs[], undo: boolean): void {
    const { counts } = this;
    for (const { slice, runs } of steps) {
      const labels = this.touch(slice);
      for (let at = 0; at < runs.length; at += 4) {
        const [start = 0, length = 0, before = 0, after = 0] = [runs[at], runs[at + 1], runs[at + 2], runs[at + 3]];
        const [old, value] = undo ? [after, before] : [before, after];
        labels.fill(value, start, start + length);
        counts[old] = (counts[old] ?? 0) - length;
        counts[value] = (counts[value] ?? 0) + length;
      }
    }
    this.changed(new Set(steps.map((step) => step.slice)));
  }

  /** One plane through the slices: axis 2 is a frame itself, 1 a row of each frame, 0 a column of each. Row-major. */
  plane(axis: Axis, index: number): { width: number; height: number; labels: Uint8Array } {
    const first = this.shape(axis === 2 ? index : 0);
    if (axis === 2) {
      return {
        width: first.columns,
        height: first.rows,
        labels: this.slices[index] ?? new Uint8Array(first.rows * first.columns),
      };
    }
    const width = axis === 1 ? first.columns : first.rows;
    const labels = new Uint8Array(width * this.depth);
    this.slices.forEach((slice, k) => {
      if (!slice) {
        return;
      }
      if (axis === 1) {
        labels.set(slice.subarray(index * width, (index + 1) * width), k * width);
      } else {
        for (let j = 0; j < width; j += 1) {
          labels[k * width + j] = slice[j * first.columns + index] ?? 0;
        }
      }
    });
    return { width, height: this.depth, labels };
  }
}

/** What changed between two states of a slice, as runs of equal change. */
export function diffRuns(slice: number, before: Uint8Array, after: Uint8Array): Runs | null {
  const runs: number[] = [];
  let offset = 0;
  while (offset < after.length) {
    const old = before[offset] ?? 0;
    const value = after[offset] ?? 0;
    if (old === value) {
      offset += 1;
      continue;
    }
    let end = offset + 1;
    while (end < after.length && before[end] === old && after[end] === value) {
      end += 1;
    }
    runs.push(offset, end - offset, old, value);
    offset = end;
  }
  return runs.length > 0 ? { slice, runs: Int32Array.from(runs) } : null;
}
