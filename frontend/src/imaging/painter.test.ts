import { describe, expect, it } from "vitest";

import { LabelGrid } from "./labelGrid";
import { Stroke, sweep, type Brush } from "./painter";
import { onPlane } from "./paneOverlay";
import type { Vec3 } from "./types";

const SIZE: Vec3 = [24, 20, 9];
const SPACING: Vec3 = [0.8, 1.1, 5];

const newGrid = () =>
  new LabelGrid(
    Array.from({ length: SIZE[2] }, (_, k) => ({
      key: { sop: `1.2.${k}`, frame: 1, layer: 0 },
      rows: SIZE[1],
      columns: SIZE[0],
    })),
  );

const brush = (part: Partial<Brush> = {}): Brush => ({
  value: 1,
  radiusMm: 4,
  flatAxis: 2,
  spacing: SPACING,
  locked: new Set(),
  allows: null,
  ...part,
});

/** Slow and obvious: every voxel of the grid against a finely sampled path. */
function reference(from: Vec3, to: Vec3, { radiusMm, flatAxis }: Brush): Set<string> {
  const found = new Set<string>();
  const steps = 400;
  for (let k = 0; k < SIZE[2]; k += 1) {
    for (let j = 0; j < SIZE[1]; j += 1) {
      for (let i = 0; i < SIZE[0]; i += 1) {
        const voxel: Vec3 = [i, j, k];
        for (let step = 0; step <= steps; step += 1) {
          const near = voxel.map((value, axis) => {
            const at = (from[axis] ?? 0) + (((to[axis] ?? 0) - (from[axis] ?? 0)) * step) / steps;
            return axis === flatAxis ? 0 : (value - at) * (SPACING[axis] ?? 1);
          });
          const layer = flatAxis === null || voxel[flatAxis] === Math.round(to[flatAxis]);
          if (layer && Math.hypot(...near) <= radiusMm) {
            found.add(voxel.join());
          }
        }
      }
    }
  }
  return found;
}

function swept(from: Vec3, to: Vec3, settings: Brush): Set<string> {
  const found = new Set<string>();
  sweep(SIZE, from, to, settings, (i, j, k) => found.add([i, j, k].join()));
  return found;
}

describe("sweep", () => {
  it.each([
    ["a disc in an axial plane", [5.2, 6.1, 3], [15.7, 9.4, 3], brush()],
    ["a disc in a coronal plane", [5.2, 9, 2.3], [15.7, 9, 6.1], brush({ flatAxis: 1, radiusMm: 6 })],
    ["a disc in a sagittal plane", [11, 4.4, 2.3], [11, 14.1, 5.5], brush({ flatAxis: 0, radiusMm: 6 })],
    ["a ball", [7.1, 6.3, 3.2], [14.2, 11.8, 5.4], brush({ flatAxis: null, radiusMm: 7 })],
    ["a ball that does not move", [12, 10, 4], [12, 10, 4], brush({ flatAxis: null, radiusMm: 8 })],
    ["a disc over the edge", [-3.4, 2.2, 0], [2.5, -1.1, 0], brush()],
  ] as const)("covers what the slow reference covers: %s", (_, from, to, settings) => {
    const expected = reference(from, to, settings);
    expect(swept(from, to, settings)).toEqual(expected);
    expect(expected.size).toBeGreaterThan(3);
  });

  it("always paints the voxel under the pointer, however small the brush", () => {
    expect(swept([3.4, 3.4, 2], [3.4, 3.4, 2], brush({ radiusMm: 0.1 }))).toEqual(new Set(["3,3,2"]));
  });

  it("paints nothing outside", () => {
    expect(swept([-40, 3, 2], [-38, 3, 2], brush()).size).toBe(0);
    expect(swept([3, 3, -4], [3, 3, -4], brush()).size).toBe(0);
  });
});

describe("a stroke", () => {
  it("leaves locked labels alone and counts what it changes", () => {
    const grid = newGrid();
    new Stroke(grid, SIZE, brush({ value: 2, radiusMm: 3 })).to([10, 10, 4]);
    const lesion = grid.voxelsByLabel().get(2) ?? 0;
    new Stroke(grid, SIZE, brush({ value: 1, radiusMm: 6, locked: new Set([2]) })).to([10, 10, 4]);
    expect(grid.voxelsByLabel().get(2)).toBe(lesion);
    const slice = grid.peek(4) ?? new Uint8Array();
    expect(grid.voxelsByLabel().get(1)).toBe(slice.reduce((count, value) => count + (value === 1 ? 1 : 0), 0));
  });

  it("is undone and redone exactly, over other labels too", () => {
    const grid = newGrid();
    new Stroke(grid, SIZE, brush({ value: 2, radiusMm: 3 })).to([10, 10, 4]);
    const before = grid.exportFrames(grid.shapes.map(({ key }) => key)).map(({ labels }) => labels);
    const stroke = new Stroke(grid, SIZE, brush({ value: 1, flatAxis: null, radiusMm: 9 }));
    stroke.to([9, 9, 4]);
    stroke.to([14, 12, 5]);
    const steps = stroke.finish();
    const after = grid.exportFrames(grid.shapes.map(({ key }) => key)).map(({ labels }) => labels);
    grid.applyRuns(steps, true);
    expect(grid.exportFrames(grid.shapes.map(({ key }) => key)).map(({ labels }) => labels)).toEqual(before);
    grid.applyRuns(steps, false);
    expect(grid.exportFrames(grid.shapes.map(({ key }) => key)).map(({ labels }) => labels)).toEqual(after);
    expect(steps.length).toBeGreaterThan(1);
  });

  it("tells which slices changed, and nothing when nothing did", () => {
    const grid = newGrid();
    const stroke = new Stroke(grid, SIZE, brush({ flatAxis: 1, radiusMm: 6 }));
    expect([...stroke.to([10, 9, 4])].sort()).toEqual([3, 4, 5]);
    expect(stroke.to([10, 9, 4]).size).toBe(0);
  });

  it("erases with value 0", () => {
    const grid = newGrid();
    new Stroke(grid, SIZE, brush()).to([10, 10, 4]);
    new Stroke(grid, SIZE, brush({ value: 0, radiusMm: 50 })).to([10, 10, 4]);
    expect(grid.voxelsByLabel().size).toBe(0);
  });
});

describe("where a stroke has changed labels", () => {
  it("is known as the box around them since a version, and unknown after a change that did not say", () => {
    const grid = newGrid();
    const stroke = new Stroke(grid, SIZE, brush({ radiusMm: 2 }));
    stroke.to([10, 8, 4]);
    const { version } = grid;
    const before = grid.plane(2, 4).labels.slice();
    stroke.to([15, 12, 4]);
    stroke.to([15, 12, 4]); // nothing new
    const found: Vec3[] = [];
    grid.plane(2, 4).labels.forEach((value, at) => {
      if (value !== before[at]) {
        found.push([at % SIZE[0], Math.floor(at / SIZE[0]), 4]);
      }
    });
    const span = (axis: 0 | 1 | 2) => [
      Math.min(...found.map((voxel) => voxel[axis])),
      Math.max(...found.map((voxel) => voxel[axis])),
    ];
    const region = grid.changedSince(version);
    expect(region).toEqual([span(0), span(1), span(2)]);
    expect(grid.changedSince(grid.version)).toBeNull();
    const { version: later } = grid;
    grid.importFrames(grid.exportFrames([{ sop: "1.2.7", frame: 1, layer: 0 }]));
    expect(grid.changedSince(later)).toBeNull();
    expect(grid.changedSince(version)).toBeNull();
  });

  it("reaches a plane or passes it by", () => {
    const region = [
      [10, 15],
      [8, 12],
      [4, 5],
    ] as const;
    expect(onPlane(region, 2, 4)).toEqual([10, 8, 15, 12]);
    expect(onPlane(region, 1, 8)).toEqual([10, 4, 15, 5]);
    expect(onPlane(region, 0, 15)).toEqual([8, 4, 12, 5]);
    expect(onPlane(region, 0, 16)).toBeNull();
    expect(onPlane(region, 2, 3)).toBeNull();
  });
});
