import { describe, expect, it } from "vitest";

import { gateFor } from "./edits/gate";
import { planOf } from "./edits/plan";
import { LabelLayers } from "./labelLayers";
import type { FrameKey, Vec3 } from "./types";

const SIZE: Vec3 = [10, 8, 5];

function layers(): LabelLayers {
  const shapes = Array.from({ length: SIZE[2] }, (_, k) => ({
    key: { sop: `1.${k}`, frame: 1, layer: 0 },
    rows: SIZE[1],
    columns: SIZE[0],
  }));
  const labels = new LabelLayers(shapes);
  labels.setLayers(new Map([[3, 1]]));
  return labels;
}

function put(labels: LabelLayers, value: number, from: Vec3, to: Vec3): void {
  const grid = labels.of(value);
  for (let k = from[2]; k <= to[2]; k += 1) {
    const slice = grid.touch(k);
    for (let j = from[1]; j <= to[1]; j += 1) {
      for (let i = from[0]; i <= to[0]; i += 1) {
        grid.write(slice, j * SIZE[0] + i, value);
      }
    }
  }
}

describe("layers", () => {
  it("let labels overlap, and say which is on top", () => {
    const labels = layers();
    put(labels, 1, [2, 2, 1], [5, 5, 3]);
    put(labels, 3, [4, 4, 2], [7, 7, 2]);
    expect(Object.fromEntries(labels.voxelsByLabel())).toEqual({ 1: 48, 3: 16 });
    expect([labels.at([4, 4, 2]), labels.at([2, 2, 2]), labels.at([0, 0, 0])]).toEqual([3, 1, 0]);
    expect(labels.layer(0).at([4, 4, 2])).toBe(1);
  });

  it("go out and come in by frame and layer", () => {
    const labels = layers();
    put(labels, 3, [0, 0, 1], [3, 3, 1]);
    const keys: FrameKey[] = [0, 1].map((layer) => ({ sop: "1.1", frame: 1, layer }));
    const [below, above] = labels.exportFrames(keys);
    expect([below?.layer, below?.labels.includes(3), above?.layer, above?.labels.includes(3)]).toEqual([
      0,
      false,
      1,
      true,
    ]);
    const other = layers();
    const seen: FrameKey[] = [];
    other.onChange((changed) => seen.push(...changed));
    other.importFrames(labels.exportFrames(keys));
    expect(other.voxelsByLabel()).toEqual(labels.voxelsByLabel());
    expect(seen).toEqual(expect.arrayContaining([{ sop: "1.1", frame: 1, layer: 1 }]));
  });

  it("take whole runs and give them back, with the counts", () => {
    const labels = layers();
    put(labels, 1, [0, 0, 2], [9, 0, 2]);
    const edits = [{ layer: 0, steps: [{ slice: 2, runs: Int32Array.from([0, 4, 1, 2, 40, 3, 0, 2]) }] }];
    labels.applyRuns(edits, false);
    expect(Object.fromEntries(labels.voxelsByLabel())).toEqual({ 1: 6, 2: 7 });
    labels.applyRuns(edits, true);
    expect(Object.fromEntries(labels.voxelsByLabel())).toEqual({ 1: 10 });
    expect([...labels.layer(0).touch(2).subarray(0, 10)]).toEqual(Array.from({ length: 10 }, () => 1));
  });
});

describe("the gate of a brush", () => {
  it("is open everywhere without rules", () => {
    expect(gateFor({ range: null, area: null }, null, layers(), () => null)).toBeNull();
  });

  it("knows ranges, both at once, and voxels without a value", () => {
    const values = Int16Array.from({ length: 80 }, (_, at) => at);
    const gate = gateFor({ range: { lower: 10, upper: 30 }, area: null }, { lower: 20, upper: 50 }, layers(), (k) =>
      k === 0 ? values : null,
    );
    expect([19, 20, 30, 31].map((offset) => gate?.(0, offset))).toEqual([false, true, true, false]);
    expect(gate?.(1, 25)).toBe(false);
  });

  it("knows the inside and the outside of a label on any layer", () => {
    const labels = layers();
    put(labels, 3, [0, 0, 1], [3, 0, 1]);
    const inside = gateFor({ range: null, area: { label: 3, inside: true } }, null, labels, () => null);
    const outside = gateFor({ range: null, area: { label: 3, inside: false } }, null, labels, () => null);
    expect([inside?.(1, 3), inside?.(1, 4), inside?.(2, 3)]).toEqual([true, false, false]);
    expect([outside?.(1, 3), outside?.(1, 4), outside?.(2, 3)]).toEqual([false, true, true]);
  });
});

describe("the box of an edit", () => {
  const ground = (labels: LabelLayers) => ({
    labels,
    size: SIZE,
    spacing: [1, 1, 2] as const,
    label: 1,
    seeds: [1, 2],
  });

  it("is no larger than it needs, and never larger than the images", () => {
    const labels = layers();
    put(labels, 1, [4, 3, 2], [6, 4, 2]);
    const box = (request: Parameters<typeof planOf>[0]) => planOf(request, ground(labels)).region;
    expect(box({ kind: "largest" })).toEqual({ lo: [4, 3, 2], size: [3, 2, 1] });
    expect(box({ kind: "margin", mm: -2 })).toEqual({ lo: [3, 2, 1], size: [5, 4, 3] });
    expect(box({ kind: "margin", mm: 2 })).toEqual({ lo: [1, 0, 0], size: [9, 8, 5] });
    expect(box({ kind: "combine", how: "invert", other: 0 })).toEqual({ lo: [0, 0, 0], size: SIZE });
    expect(planOf({ kind: "small", mm3: 12 }, ground(labels)).operation).toEqual({
      kind: "islands",
      keep: "atLeast",
      voxels: 6,
    });
  });

  it("holds both labels of a combination, also where one is missing", () => {
    const labels = layers();
    put(labels, 3, [1, 1, 0], [2, 1, 0]);
    const union = planOf({ kind: "combine", how: "union", other: 3 }, ground(labels));
    expect(union).toMatchObject({ region: { lo: [1, 1, 0], size: [2, 1, 1] }, other: 3 });
  });

  it("is refused where there is nothing", () => {
    expect(() => planOf({ kind: "margin", mm: 1 }, ground(layers()))).toThrow("emptyLabel");
    const labels = layers();
    put(labels, 1, [4, 3, 2], [6, 4, 2]);
    expect(() => planOf({ kind: "seeds", rim: false, marginMm: 5 }, ground(labels))).toThrow("twoSeeds");
    for (const other of [0, 1]) {
      expect(() => planOf({ kind: "combine", how: "union", other }, ground(labels))).toThrow("otherLabel");
    }
    expect(planOf({ kind: "seeds", rim: true, marginMm: 5 }, ground(labels)).operation).toMatchObject({ values: [1] });
  });
});
