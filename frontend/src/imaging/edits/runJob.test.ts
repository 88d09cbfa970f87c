import { describe, expect, it } from "vitest";

import { indexToWorld, worldToIndex, type Grid } from "../grid";
import type { Vec3 } from "../types";
import { maskOf, randomMask } from "./oracles";
import { voxelMap } from "./resample";
import { runJob } from "./runJob";
import { ANYWHERE, offsetIn, voxelsIn, type Job, type SliceRuns } from "./types";

const SIZE: Vec3 = [6, 5, 3];
const COLUMNS = 20;
const LO: Vec3 = [4, 7, 2];

const job = (part: Partial<Job> & Pick<Job, "operation">): Job => ({
  region: { lo: LO, size: SIZE },
  spacing: [1, 1, 1],
  target: 1,
  labels: new Uint8Array(voxelsIn(SIZE)),
  image: null,
  areaLabels: null,
  otherLabels: null,
  locked: [],
  rules: ANYWHERE,
  ...part,
});

/** Whole slices, so that runs are checked where they really go. */
function applied(before: Uint8Array, steps: readonly SliceRuns[]): Uint8Array {
  const [rows, depth] = [20, 8];
  const whole = new Uint8Array(COLUMNS * rows * depth);
  const place = (at: number) => {
    const [i, j, k] = [at % SIZE[0], Math.floor(at / SIZE[0]) % SIZE[1], Math.floor(at / (SIZE[0] * SIZE[1]))];
    return ((k + LO[2]) * rows + j + LO[1]) * COLUMNS + i + LO[0];
  };
  before.forEach((value, at) => (whole[place(at)] = value));
  for (const { slice, runs } of steps) {
    for (let at = 0; at < runs.length; at += 4) {
      const start = slice * rows * COLUMNS + (runs[at] ?? 0);
      for (let offset = start; offset < start + (runs[at + 1] ?? 0); offset += 1) {
        expect(whole[offset]).toBe(runs[at + 2]);
        whole[offset] = runs[at + 3] ?? 0;
      }
    }
  }
  return before.map((_, at) => whole[place(at)] ?? 0);
}

const result = (wanted: Job) => applied(wanted.labels, runJob(wanted, COLUMNS).target);

describe("an edit", () => {
  const one = randomMask(SIZE, 0.4, 1);
  const two = randomMask(SIZE, 0.4, 2).map((value, at) => (one[at] === 1 ? 0 : value * 2));
  const both = one.map((value, at) => value + (two[at] ?? 0));

  it.each([
    ["union", (value: number) => (value > 0 ? 1 : 0)],
    ["move", (value: number) => (value > 0 ? 1 : 0)],
    ["copy", (value: number) => (value === 2 ? 1 : 0)],
    ["subtract", (value: number) => value],
    ["intersect", (value: number) => (value === 1 ? 0 : value)],
    ["clear", (value: number) => (value === 1 ? 0 : value)],
    ["invert", (value: number) => (value === 1 ? 0 : value === 0 ? 1 : value)],
  ] as const)("combines labels of one layer: %s", (how, expected) => {
    expect(result(job({ labels: both, operation: { kind: "combine", how, other: 2 } }))).toEqual(both.map(expected));
  });

  it.each([
    ["union", (a: number, b: number) => a || b],
    ["copy", (_a: number, b: number) => b],
    ["subtract", (a: number, b: number) => (a && !b ? 1 : 0)],
    ["intersect", (a: number, b: number) => (a && b ? 1 : 0)],
  ] as const)("combines labels that overlap: %s", (how, expected) => {
    const other = randomMask(SIZE, 0.5, 7);
    const wanted = job({
      labels: one,
      otherLabels: other.map((value) => value * 3),
      operation: { kind: "combine", how, other: 3 },
    });
    expect(result(wanted)).toEqual(one.map((value, at) => expected(value, other[at] ?? 0)));
    expect(runJob(wanted, COLUMNS).other).toEqual([]);
  });

  it("moves a label of another layer away from there", () => {
    const other = randomMask(SIZE, 0.5, 7).map((value) => value * 3);
    const wanted = job({
      labels: both,
      otherLabels: other,
      locked: [2],
      operation: { kind: "combine", how: "move", other: 3 },
    });
    const outcome = runJob(wanted, COLUMNS);
    const target = applied(both, outcome.target);
    expect(target).toEqual(both.map((value, at) => (other[at] === 3 && value !== 2 ? 1 : value)));
    // Where a locked label kept the place, nothing was moved.
    expect(applied(other, outcome.other)).toEqual(other.map((value, at) => (value === 3 && both[at] === 2 ? 3 : 0)));
  });

  it("leaves locked labels alone, and a locked target too", () => {
    const all = { kind: "margin", mm: 9 } as const;
    const grown = result(job({ labels: both, locked: [2], operation: all }));
    expect(grown).toEqual(both.map((value) => (value === 2 ? 2 : 1)));
    expect(result(job({ labels: both, locked: [1], operation: all }))).toEqual(both);
  });

  it("keeps to a range of grey values and to an area", () => {
    const image = Int16Array.from(both, (_, at) => at % 10);
    const all = { kind: "margin", mm: 9 } as const;
    const inRange = result(
      job({ labels: one, image, rules: { range: { lower: 3, upper: 5 }, area: null }, operation: all }),
    );
    expect(inRange).toEqual(one.map((value, at) => (value === 1 || (at % 10 >= 3 && at % 10 <= 5) ? 1 : 0)));
    const inside = result(
      job({ labels: both, rules: { range: null, area: { label: 2, inside: true } }, operation: all }),
    );
    expect(inside).toEqual(both.map((value) => (value === 2 ? 1 : value)));
    const outside = result(
      job({ labels: both, rules: { range: null, area: { label: 2, inside: false } }, operation: all }),
    );
    expect(outside).toEqual(both.map((value) => (value === 2 ? 2 : 1)));
    const areaLabels = randomMask(SIZE, 0.5, 3).map((value) => value * 9);
    const layered = result(
      job({ labels: one, areaLabels, rules: { range: null, area: { label: 9, inside: true } }, operation: all }),
    );
    expect(layered).toEqual(one.map((value, at) => (value === 1 || areaLabels[at] === 9 ? 1 : 0)));
  });

  it("cuts inside and outside a polygon, in a slab alone", () => {
    const map = { a: [1, 0, 0, 0], b: [0, 1, 0, 0], c: [0, 0, 1, -1] } as const;
    const polygon = Float64Array.from([0.5, 0.5, 3.5, 0.5, 3.5, 2.5, 0.5, 2.5]);
    const full = maskOf(SIZE, ([i]) => i < 5).map((value, at) => value + (at % 6 === 5 ? 2 : 0));
    const cut = (mode: "fill" | "eraseInside" | "eraseOutside", depth: number | null) =>
      result(job({ labels: full, operation: { kind: "scissors", map, polygon, depth, mode } }));
    const inside = ([i, j]: Vec3) => i >= 1 && i <= 3 && j >= 1 && j <= 2;
    const expected = (erased: (index: Vec3) => boolean) => {
      const gone = maskOf(SIZE, erased);
      return full.map((value, at) => (value === 1 && gone[at] === 1 ? 0 : value));
    };
    expect(cut("eraseInside", null)).toEqual(expected(inside));
    expect(cut("eraseInside", 0.5)).toEqual(expected((index) => inside(index) && index[2] === 1));
    expect(cut("eraseOutside", null)).toEqual(expected((index) => !inside(index)));
    expect(cut("eraseOutside", 0.5)).toEqual(expected((index) => !inside(index) && index[2] === 1));
    expect(cut("fill", null)).toEqual(full);
  });

  it("brings a label of other images to where it lies in the patient", () => {
    const from: Grid = {
      size: [6, 5, 3],
      spacing: [1, 2, 3],
      origin: [10, 20, 30],
      axes: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
    };
    const to: Grid = {
      size: [5, 12, 4],
      spacing: [2, 1, 3],
      origin: [16, 31, 36],
      axes: [
        [0, -1, 0],
        [-1, 0, 0],
        [0, 0, -1],
      ],
    };
    const source = randomMask([5, 12, 4], 0.4, 3).map((value) => value * 7);
    const map = voxelMap(from, { lo: [0, 0, 0], size: SIZE }, to);
    const copied = result(job({ operation: { kind: "copy", source, sourceSize: to.size, value: 7, map } }));
    const expected = maskOf(SIZE, (index) => {
      const there = worldToIndex(to, indexToWorld(from, index)).map(Math.round) as unknown as Vec3;
      const inside = there.every((value, axis) => value >= 0 && value < (to.size[axis] ?? 0));
      return inside && source[offsetIn(to.size, there)] === 7;
    });
    expect(copied).toEqual(expected);
    expect(copied.includes(1)).toBe(true);
  });

  it("says what it lacks", () => {
    expect(() => runJob(job({ operation: { kind: "margin", mm: 2 } }), COLUMNS)).toThrow("emptyLabel");
    const flood = { kind: "flood", seed: [0, 0, 0], range: { lower: 0, upper: 1 }, flat: null } as const;
    expect(() => runJob(job({ operation: flood }), COLUMNS)).toThrow("noValues");
  });

  it("grows from seeds without touching what was drawn; the rim of the box is nobody's", () => {
    const labels = new Uint8Array(voxelsIn(SIZE));
    labels[1 * 30 + 2 * 6 + 2] = 1;
    const image = Float32Array.from(
      maskOf(SIZE, ([i, j, k]) => i >= 1 && i <= 3 && j >= 1 && j <= 3 && k === 1),
      (value) => value * 1000,
    );
    const grown = result(job({ labels, image, operation: { kind: "seeds", values: [1], rim: true } }));
    expect(grown).toEqual(maskOf(SIZE, ([i, j, k]) => i >= 1 && i <= 3 && j >= 1 && j <= 3 && k === 1));
  });
});
