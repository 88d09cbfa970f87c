import { describe, expect, it } from "vitest";

import { indexToWorld, type Grid } from "../grid";
import { cropEnds, cutsOf, met } from "./crop";
import type { Transfer } from "./presets";
import { WHOLE } from "./types";

/** i runs to the right of the patient, j to the back, k to the feet. */
const GRID: Grid = {
  size: [20, 10, 8],
  spacing: [1, 1, 2],
  origin: [30, -5, 40],
  axes: [
    [-1, 0, 0],
    [0, 1, 0],
    [0, 0, -1],
  ],
};
const OPAQUE: Transfer = {
  colours: [],
  opacity: [
    [0, 0],
    [50, 0],
    [100, 0.9],
  ],
  blend: "composite",
  shaded: false,
  ground: [0, 0, 0],
};

describe("cropping", () => {
  it("counts from R to L, A to P and I to S, however the grid runs", () => {
    const ends = cropEnds(GRID, [
      [0, 0.25],
      [0.5, 1],
      [0, 0.5],
    ]);
    expect(ends).toEqual([
      [14.5, 19.5],
      [4.5, 9.5],
      [3.5, 7.5],
    ]);
  });

  it("needs no planes for the whole volume, one for each side that cuts", () => {
    expect(cutsOf(GRID, WHOLE)).toEqual([]);
    const [cut, ...more] = cutsOf(GRID, [[0, 0.5], WHOLE[1], WHOLE[2]]);
    expect(more).toEqual([]);
    expect(cut?.normal).toEqual([-1, 0, 0]); // the right half of the patient stays
    expect(cut?.point[0]).toBeCloseTo(30 - 9.5, 9);
  });
});

describe("pointing at the picture", () => {
  const values = new Float32Array(20 * 10 * 8);
  const put = (i: number, j: number, k: number, value: number) => (values[(k * 10 + j) * 20 + i] = value);
  for (const j of [3, 7]) {
    put(5, j, 4, j === 3 ? 100 : 200);
  }
  const reduced = { grid: GRID, values, factors: [1, 1, 1] as const };
  const [x, , z] = indexToWorld(GRID, [5, 0, 4]);
  const ray = { from: [x, -50, z], direction: [0, 1, 0], mm: 200 } as const;

  it("meets the first thing that hides what is behind, or the brightest of a projection", () => {
    expect(met(reduced, WHOLE, OPAQUE, ray)?.[1]).toBeCloseTo(-5 + 3, 0);
    expect(met(reduced, WHOLE, { ...OPAQUE, blend: "maximum" }, ray)?.[1]).toBeCloseTo(-5 + 7, 0);
  });

  it("sees through what is cropped away, and nothing beside the volume", () => {
    expect(met(reduced, [WHOLE[0], [0.5, 1], WHOLE[2]], OPAQUE, ray)?.[1]).toBeCloseTo(-5 + 7, 0);
    expect(met(reduced, WHOLE, OPAQUE, { ...ray, from: [500, -50, z] })).toBeNull();
  });
});
