/** One edit from beginning to end, without the page: the worker calls it, tests call it. */

import type { Vec3 } from "../types";
import { connectedTo, grown, islands, within } from "./connected";
import { insidePolygon } from "./polygon";
import { resampled } from "./resample";
import { growSeeds, RIM } from "./seeds";
import { closing, gaussian, hollow, interpolate, margin, median, opening } from "./shapes";
import {
  EditError,
  voxelsIn,
  type Job,
  type Operation,
  type Outcome,
  type PlaneMap,
  type Pixels,
  type Progress,
  type Region,
  type SliceRuns,
} from "./types";

/**
 * Carry out an edit; returns what changes. `columns` is the width of a whole slice.
 *
 * Raises EditError where the edit makes no sense (nothing to work on, no grey values).
 */
export function runJob(job: Job, columns: number, progress: Progress = () => undefined): Outcome {
  const next = wanted(job, progress);
  keepRules(job, job.labels, next);
  const other = otherAfter(job, next);
  return {
    target: runsOf(job.labels, next, job.region, columns),
    other: other && job.otherLabels ? runsOf(job.otherLabels, other, job.region, columns) : [],
  };
}

type Of<Kind extends Operation["kind"]> = Extract<Operation, { kind: Kind }>;

/** The labels of the target's layer as the operation alone would have them. */
function wanted(job: Job, progress: Progress): Uint8Array {
  const { operation, labels, target, region, spacing } = job;
  const { size } = region;
  const mask = only(labels, target);
  switch (operation.kind) {
    case "scissors":
      return cut(job, operation, mask);
    case "flood":
      return added(
        labels,
        target,
        connectedTo(within(imageOf(job), operation.range), size, operation.seed, operation.flat),
      );
    case "grow":
      return added(labels, target, grown(imageOf(job), size, operation.seed, operation.factor, operation.flat));
    case "interpolate":
      return added(labels, target, interpolate(filled(mask), size, spacing, operation.axis, progress));
    case "islands":
      return replaced(labels, target, islands(filled(mask), size, operation));
    case "margin":
      return replaced(labels, target, margin(filled(mask), size, spacing, operation.mm, progress));
    case "hollow":
      return replaced(labels, target, hollow(filled(mask), size, spacing, operation.mm, operation.shell, progress));
    case "smooth": {
      const smooth = { median, gaussian, opening, closing }[operation.method];
      return replaced(labels, target, smooth(filled(mask), size, spacing, operation.mm, progress));
    }
    case "combine":
      return combined(job, operation, mask);
    case "seeds":
      return grownSeeds(job, operation, progress);
    case "copy": {
      const { source, sourceSize, value, map } = operation;
      return added(labels, target, resampled(source, sourceSize, value, size, map));
    }
  }
}

const only = (labels: Uint8Array, value: number): Uint8Array => {
  const mask = new Uint8Array(labels.length);
  for (let at = 0; at < labels.length; at += 1) {
    mask[at] = labels[at] === value ? 1 : 0;
  }
  return mask;
};

function filled(mask: Uint8Array): Uint8Array {
  if (!mask.includes(1)) {
    throw new EditError("emptyLabel");
  }
  return mask;
}

function imageOf({ image }: Job): Pixels {
  if (!image) {
    throw new EditError("noValues");
  }
  return image;
}

function added(labels: Uint8Array, target: number, mask: Uint8Array): Uint8Array {
  return labels.map((value, at) => (mask[at] === 1 ? target : value));
}

function replaced(labels: Uint8Array, target: number, mask: Uint8Array): Uint8Array {
  return labels.map((value, at) => (mask[at] === 1 ? target : value === target ? 0 : value));
}

function cut({ labels, target, region }: Job, operation: Of<"scissors">, mask: Uint8Array): Uint8Array {
  const { map, polygon, depth, mode } = operation;
  if (mode === "eraseOutside") {
    const inside = insidePolygon(region.size, map, polygon, null);
    const reached = nearPlane(region.size, map, depth);
    return labels.map((value, at) => (mask[at] === 1 && inside[at] === 0 && reached(at) ? 0 : value));
  }
  const inside = insidePolygon(region.size, map, polygon, depth);
  return mode === "fill"
    ? added(labels, target, inside)
    : labels.map((value, at) => (mask[at] === 1 && inside[at] === 1 ? 0 : value));
}

/** Whether a voxel of the box lies within `depth` of the plane. */
function nearPlane(size: Vec3, { c }: PlaneMap, depth: number | null): (at: number) => boolean {
  return (at) => {
    const [i, j, k] = [at % size[0], Math.floor(at / size[0]) % size[1], Math.floor(at / (size[0] * size[1]))];
    return depth === null || Math.abs(c[0] * i + c[1] * j + c[2] * k + c[3]) <= depth;
  };
}

function combined(job: Job, { how, other }: Of<"combine">, mask: Uint8Array): Uint8Array {
  const { labels, target, otherLabels } = job;
  const second = only(otherLabels ?? labels, other);
  switch (how) {
    case "union":
    case "move":
      return added(labels, target, second);
    case "copy":
      return replaced(labels, target, second);
    case "subtract":
      return replaced(
        labels,
        target,
        mask.map((value, at) => (value === 1 && second[at] === 0 ? 1 : 0)),
      );
    case "intersect":
      return replaced(
        labels,
        target,
        mask.map((value, at) => (value === 1 && second[at] === 1 ? 1 : 0)),
      );
    case "clear":
      return replaced(labels, target, new Uint8Array(mask.length));
    case "invert":
      return labels.map((value) => (value === target ? 0 : value === 0 ? target : value));
  }
}

/** Moving a label of another layer takes it away there. */
function otherAfter({ operation, otherLabels, target }: Job, next: Uint8Array): Uint8Array | null {
  if (operation.kind !== "combine" || operation.how !== "move" || !otherLabels) {
    return null;
  }
  return otherLabels.map((value, at) => (value === operation.other && next[at] === target ? 0 : value));
}

function grownSeeds(job: Job, { values, rim }: Of<"seeds">, progress: Progress): Uint8Array {
  const { labels, locked, region, spacing } = job;
  const wantedValues = new Set(values);
  const seeds = labels.map((value) => (wantedValues.has(value) ? value : 0));
  const closed = new Set(locked);
  const blocked = labels.map((value) => (value !== 0 && !wantedValues.has(value) && closed.has(value) ? 1 : 0));
  if (rim) {
    markRim(seeds, region.size);
  }
  const owner = growSeeds(imageOf(job), seeds, blocked, region.size, spacing, progress);
  return labels.map((value, at) => {
    const found = owner[at] ?? 0;
    return value === 0 && found !== RIM ? found : value;
  });
}

/** The faces of the box, where they are free, are seeds of "none of them". An axis of one voxel has no faces. */
function markRim(seeds: Uint8Array, size: Region["size"]): void {
  const [columns, rows, depth] = size;
  const atEdge = (position: number, count: number) => count > 1 && (position === 0 || position === count - 1);
  for (let at = 0; at < voxelsIn(size); at += 1) {
    const [i, j, k] = [at % columns, Math.floor(at / columns) % rows, Math.floor(at / (columns * rows))];
    if (seeds[at] === 0 && (atEdge(i, columns) || atEdge(j, rows) || atEdge(k, depth))) {
      seeds[at] = RIM;
    }
  }
}

/** Take back what the locks and the rules forbid. */
function keepRules({ locked, rules, image, areaLabels, labels }: Job, before: Uint8Array, next: Uint8Array): void {
  const closed = new Uint8Array(256);
  locked.forEach((value) => (closed[value] = 1));
  const { range, area } = rules;
  const where = areaLabels ?? labels;
  if (range && !image) {
    throw new EditError("noValues");
  }
  for (let at = 0; at < next.length; at += 1) {
    const [old, value] = [before[at] ?? 0, next[at] ?? 0];
    if (old === value) {
      continue;
    }
    const grey = image?.[at] ?? 0;
    const outOfRange = range !== null && !(grey >= range.lower && grey <= range.upper);
    const outOfArea = area !== null && (where[at] === area.label) !== area.inside;
    if (closed[old] === 1 || closed[value] === 1 || outOfRange || outOfArea) {
      next[at] = old;
    }
  }
}

/** What changed, as runs in whole slices. */
export function runsOf(before: Uint8Array, after: Uint8Array, { lo, size }: Region, columns: number): SliceRuns[] {
  const result: SliceRuns[] = [];
  for (let k = 0; k < size[2]; k += 1) {
    const runs: number[] = [];
    for (let j = 0; j < size[1]; j += 1) {
      const row = (k * size[1] + j) * size[0];
      const place = (lo[1] + j) * columns + lo[0];
      rowRuns(before, after, row, size[0], place, runs);
    }
    if (runs.length > 0) {
      result.push({ slice: lo[2] + k, runs: Int32Array.from(runs) });
    }
  }
  return result;
}

function rowRuns(
  before: Uint8Array,
  after: Uint8Array,
  row: number,
  count: number,
  place: number,
  runs: number[],
): void {
  let i = 0;
  while (i < count) {
    const old = before[row + i] ?? 0;
    const value = after[row + i] ?? 0;
    if (old === value) {
      i += 1;
      continue;
    }
    let end = i + 1;
    while (end < count && before[row + end] === old && after[row + end] === value) {
      end += 1;
    }
    runs.push(place + i, end - i, old, value);
    i = end;
  }
}
