import { describe, expect, it } from "vitest";

import { insidePolygon } from "../edits/polygon";
import { indexToWorld, worldToIndex, type Grid } from "../grid";
import type { Vec3 } from "../types";
import { cutOf, onLayer, reachAround, type Ground } from "./ground";

const grid: Grid = {
  size: [20, 16, 10],
  spacing: [1, 1.5, 4],
  origin: [-5, 12, 40],
  axes: [
    [1, 0, 0],
    [0, -1, 0],
    [0, 0, -1],
  ],
};

const ground = (part: Partial<Ground> = {}): Ground => ({
  grid,
  regular: true,
  axis: 2,
  layer: 6,
  oblique: false,
  plane: { origin: indexToWorld(grid, [0, 0, 6]), right: grid.axes[0], down: grid.axes[1], normal: grid.axes[2] },
  ...part,
});

const square = (layer: number): Vec3[] =>
  [
    [4.5, 3.5],
    [9.5, 3.5],
    [9.5, 8.5],
    [4.5, 8.5],
  ].map(([i = 0, j = 0]) => indexToWorld(grid, [i, j, layer]));

/** Voxels that a cut takes, as "i,j,k" of the labels. */
function taken(cut: ReturnType<typeof cutOf>): Set<string> {
  const found = new Set<string>();
  if (cut) {
    const { lo, size } = cut.region;
    insidePolygon(size, cut.operation.map, cut.operation.polygon, cut.operation.depth).forEach((value, at) => {
      if (value === 1) {
        const [i, j, k] = [at % size[0], Math.floor(at / size[0]) % size[1], Math.floor(at / (size[0] * size[1]))];
        found.add([i + lo[0], j + lo[1], k + lo[2]].join());
      }
    });
  }
  return found;
}

const block = (layers: readonly number[]) =>
  new Set(layers.flatMap((k) => [5, 6, 7, 8, 9].flatMap((i) => [4, 5, 6, 7, 8].map((j) => [i, j, k].join()))));

describe("scissors on a pane", () => {
  it.each([
    ["slice", 0, [6]],
    ["slab", 8, [5, 6, 7]],
    ["slab", 7.9, [6]],
    ["volume", 0, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
  ] as const)("reach as deep as they are set: %s of %s mm", (kind, slabMm, layers) => {
    expect(taken(cutOf(ground(), square(6), "fill", { kind, slabMm }))).toEqual(block(layers));
  });

  it("cut the frame in view where the images form no volume", () => {
    const frame: Grid = { ...grid, size: [20, 16, 1], origin: indexToWorld(grid, [0, 0, 6]) };
    const loose = ground({ grid: frame, regular: false, layer: 3 });
    const cut = cutOf(loose, square(6), "fill", { kind: "volume", slabMm: 0 });
    expect(taken(cut)).toEqual(block([3]));
  });

  it("on an oblique plane take the voxels that it goes through, so that what was drawn has no gaps", () => {
    const tilted = { ...ground().plane, down: [0, -0.8, -0.6] as Vec3, normal: [0, 0.6, -0.8] as Vec3 };
    const corners = [
      [-6, -6],
      [6, -6],
      [6, 6],
      [-6, 6],
    ].map(([a = 0, b = 0]): Vec3 => {
      const middle = indexToWorld(grid, [10, 8, 5]);
      return [middle[0] + a, middle[1] + b * -0.8, middle[2] + b * -0.6];
    });
    const plane = { ...tilted, origin: indexToWorld(grid, [10, 8, 5]) };
    const found = taken(cutOf(ground({ oblique: true, plane }), corners, "fill", { kind: "slice", slabMm: 0 }));
    expect(new Set([...found].map((voxel) => voxel.split(",")[2])).size).toBeGreaterThan(1);
    const middle = indexToWorld(grid, [10, 8, 5]);
    for (let a = -4; a <= 4; a += 0.25) {
      for (let b = -3; b <= 3; b += 0.25) {
        const at = worldToIndex(grid, [middle[0] + a, middle[1] + b * -0.8, middle[2] + b * -0.6]);
        expect(found).toContain(at.map((value) => Math.round(value)).join());
      }
    }
  });

  it("know when a polygon lies outside", () => {
    const away = square(6).map(([x, y, z]): Vec3 => [x + 500, y, z]);
    expect(cutOf(ground(), away, "fill", { kind: "slice", slabMm: 0 })).toBeNull();
  });
});

describe("boxes", () => {
  it("are cut to a layer", () => {
    expect(onLayer({ lo: [1, 2, 3], size: [4, 5, 6] }, 1, 4)).toEqual({ lo: [1, 4, 3], size: [4, 1, 6] });
    expect(onLayer({ lo: [1, 2, 3], size: [4, 5, 6] }, 1, 7)).toBeNull();
  });

  it("reach around a voxel in mm, and stay inside", () => {
    expect(reachAround(ground(), [10, 2, 6], 4, null)).toEqual({ lo: [6, 0, 5], size: [9, 6, 3] });
    expect(reachAround(ground(), [10, 2, 6], 4, 0)).toEqual({ lo: [10, 0, 5], size: [1, 6, 3] });
    expect(reachAround(ground({ regular: false }), [10, 2, 6], 4, 2)).toEqual({ lo: [6, 0, 6], size: [9, 6, 1] });
  });
});
