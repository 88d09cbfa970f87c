/** What hangs together: voxels that share a face. */

import type { Axis, Range, Vec3 } from "../types";
import { offsetIn, voxelsIn, type Pixels } from "./types";

interface Fill {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  readonly flat: Axis | null;
}

/** Turn everything of one value that hangs together with a voxel into another value; returns how many there were. */
function fill(open: Uint8Array, size: Vec3, { seed, from, to, flat }: Fill, queue: Queue): number {
  const [columns, rows, depth] = size;
  const layer = columns * rows;
  queue.clear();
  queue.push(seed);
  open[seed] = to;
  let count = 0;
  const visit = (at: number) => {
    if (open[at] === from) {
      open[at] = to;
      queue.push(at);
    }
  };
  for (let at = queue.take(); at >= 0; at = queue.take()) {
    count += 1;
    const i = at % columns;
    const j = Math.floor(at / columns) % rows;
    const k = Math.floor(at / layer);
    if (flat !== 0) {
      if (i > 0) visit(at - 1);
      if (i < columns - 1) visit(at + 1);
    }
    if (flat !== 1) {
      if (j > 0) visit(at - columns);
      if (j < rows - 1) visit(at + columns);
    }
    if (flat !== 2) {
      if (k > 0) visit(at - layer);
      if (k < depth - 1) visit(at + layer);
    }
  }
  return count;
}

/** A stack of voxels that grows when it must. */
class Queue {
  private items = new Int32Array(1 << 12);
  private length = 0;

  clear(): void {
    this.length = 0;
  }

  push(at: number): void {
    if (this.length === this.items.length) {
      const larger = new Int32Array(this.items.length * 2);
      larger.set(this.items);
      this.items = larger;
    }
    this.items[this.length] = at;
    this.length += 1;
  }

  take(): number {
    this.length -= 1;
    return this.length < 0 ? -1 : (this.items[this.length] ?? -1);
  }
}

/** The part of `open` (1 = may be entered) that hangs together with a voxel: 1 there, 0 elsewhere. */
export function connectedTo(open: Uint8Array, size: Vec3, seed: Vec3, flat: Axis | null): Uint8Array {
  const start = offsetIn(size, seed);
  if (open[start] !== 1) {
    return new Uint8Array(open.length);
  }
  const marked = open.slice();
  fill(marked, size, { seed: start, from: 1, to: 2, flat }, new Queue());
  return marked.map((value) => (value === 2 ? 1 : 0));
}

export const within = (image: Pixels, { lower, upper }: Range): Uint8Array => {
  const result = new Uint8Array(image.length);
  for (let at = 0; at < image.length; at += 1) {
    const value = image[at] ?? Number.NaN;
    result[at] = value >= lower && value <= upper ? 1 : 0;
  }
  return result;
};

/** Voxels on each side of the clicked one that tell how the tissue varies. */
const REACH = 1;
const ROUNDS = 4;

/**
 * Grow from a voxel as far as values stay within mean ± factor × SD, measured anew on what was found, four times.
 *
 * After the confidence-connected filter of ITK. There is a smallest spread, so that flat tissue grows too: one unit, and
 * where a unit is much (fractions, as in SUV), a thousandth of the range of the box.
 */
export function grown(image: Pixels, size: Vec3, seed: Vec3, factor: number, flat: Axis | null): Uint8Array {
  let found: Uint8Array = around(size, seed, flat);
  const own = image[offsetIn(size, seed)] ?? 0;
  const smallest = smallestSpread(image);
  for (let round = 0; round < ROUNDS; round += 1) {
    const { mean, sd } = spread(image, found);
    const reach = factor * Math.max(smallest, sd);
    const range = { lower: Math.min(own, mean - reach), upper: Math.max(own, mean + reach) };
    found = connectedTo(within(image, range), size, seed, flat);
  }
  return found;
}

function smallestSpread(image: Pixels): number {
  if (!(image instanceof Float32Array || image instanceof Float64Array)) {
    return 1;
  }
  let [low, high] = [Infinity, -Infinity];
  for (const value of image) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return Math.min(1, (high - low) / 1000);
}

function around(size: Vec3, seed: Vec3, flat: Axis | null): Uint8Array {
  const result = new Uint8Array(voxelsIn(size));
  const span = (axis: Axis): readonly [number, number] =>
    axis === flat
      ? [seed[axis], seed[axis]]
      : [Math.max(0, seed[axis] - REACH), Math.min(size[axis] - 1, seed[axis] + REACH)];
  for (let k = span(2)[0]; k <= span(2)[1]; k += 1) {
    for (let j = span(1)[0]; j <= span(1)[1]; j += 1) {
      for (let i = span(0)[0]; i <= span(0)[1]; i += 1) {
        result[offsetIn(size, [i, j, k])] = 1;
      }
    }
  }
  return result;
}

function spread(image: Pixels, mask: Uint8Array): { mean: number; sd: number } {
  let [count, sum, squares] = [0, 0, 0];
  for (let at = 0; at < mask.length; at += 1) {
    if (mask[at] !== 0) {
      const value = image[at] ?? 0;
      count += 1;
      sum += value;
      squares += value * value;
    }
  }
  const mean = count > 0 ? sum / count : 0;
  return { mean, sd: count > 0 ? Math.sqrt(Math.max(0, squares / count - mean * mean)) : 0 };
}

/** Which islands stay. */
export type Keep =
  | { readonly keep: "largest" }
  | { readonly keep: "atLeast"; readonly voxels: number }
  | { readonly keep: "clicked" | "others"; readonly seed: Vec3 };

/** Islands of a mask that stay: 1 there, 0 elsewhere. Of equally large ones the first is the largest. */
export function islands(mask: Uint8Array, size: Vec3, wanted: Keep): Uint8Array {
  if (wanted.keep === "clicked" || wanted.keep === "others") {
    const clicked = connectedTo(mask, size, wanted.seed, null);
    return wanted.keep === "clicked" ? clicked : mask.map((value, at) => (value !== 0 && clicked[at] === 0 ? 1 : 0));
  }
  const [UNSEEN, KEPT, DROPPED, NOW] = [1, 2, 3, 4];
  const marked = mask.slice();
  const queue = new Queue();
  let [best, bestSeed] = [0, -1];
  for (let at = marked.indexOf(UNSEEN); at >= 0; at = marked.indexOf(UNSEEN, at + 1)) {
    const count = fill(marked, size, { seed: at, from: UNSEEN, to: NOW, flat: null }, queue);
    if (wanted.keep === "largest") {
      [best, bestSeed] = count > best ? [count, at] : [best, bestSeed];
    }
    const stays = wanted.keep === "atLeast" && count >= wanted.voxels;
    fill(marked, size, { seed: at, from: NOW, to: stays ? KEPT : DROPPED, flat: null }, queue);
  }
  if (wanted.keep === "largest" && bestSeed >= 0) {
    fill(marked, size, { seed: bestSeed, from: DROPPED, to: KEPT, flat: null }, queue);
  }
  return marked.map((value) => (value === KEPT ? 1 : 0));
}
