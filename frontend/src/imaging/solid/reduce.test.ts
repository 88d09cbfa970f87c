import { describe, expect, it } from "vitest";

import { indexToWorld, worldToIndex, type Grid } from "../grid";
import { reduce, reduction } from "./reduce";

const GRID: Grid = {
  size: [64, 48, 10],
  spacing: [0.5, 0.5, 2.5],
  origin: [10, -20, 30],
  axes: [
    [0, 1, 0],
    [-1, 0, 0],
    [0, 0, 1],
  ],
};

describe("reduction", () => {
  it("leaves small volumes as they are, and shrinks the finest axes first", () => {
    expect(reduction(GRID, 64 * 48 * 10)).toEqual([1, 1, 1]);
    expect(reduction(GRID, 32 * 24 * 10)).toEqual([2, 2, 1]);
    expect(reduction({ ...GRID, size: [1, 1, 40] }, 10)).toEqual([1, 1, 4]);
  });
});

describe("reduce", () => {
  const world = (i: number, j: number, k: number) => indexToWorld(GRID, [i, j, k]);
  const slice = (k: number) =>
    Float32Array.from({ length: 64 * 48 }, (_, at) => {
      const [x, y, z] = world(at % 64, Math.floor(at / 64), k);
      return x + 2 * y + 3 * z;
    });

  it("keeps every value where it was: a ramp stays the same ramp", async () => {
    const reduced = await reduce(GRID, [2, 2, 2], slice, () => false);
    expect(reduced?.grid.size).toEqual([32, 24, 5]);
    for (const index of [
      [0, 0, 0],
      [31, 23, 4],
      [7, 3, 2],
    ] as const) {
      const [x, y, z] = indexToWorld(reduced?.grid ?? GRID, index);
      expect(reduced?.values[(index[2] * 24 + index[1]) * 32 + index[0]]).toBeCloseTo(x + 2 * y + 3 * z, 3);
      expect(worldToIndex(GRID, [x, y, z])[0]).toBeCloseTo(2 * index[0] + 0.5, 6);
    }
  });

  it("makes nothing of a volume that is not whole", async () => {
    expect(
      await reduce(
        GRID,
        [1, 1, 1],
        (k) => (k === 7 ? null : slice(k)),
        () => false,
      ),
    ).toBeNull();
    expect(await reduce(GRID, [1, 1, 1], slice, () => true)).toBeNull();
  });
});
