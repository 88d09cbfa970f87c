import { describe, expect, it } from "vitest";

import {
  acquiredView,
  cross,
  directionLetters,
  indexToWorld,
  planeView,
  scaleBarLength,
  worldToIndex,
  type Grid,
} from "./grid";
import type { Vec3 } from "./types";

const axialCt: Grid = {
  size: [512, 512, 51],
  spacing: [0.8, 0.8, 5],
  origin: [-200, -180, -300],
  axes: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
};

/** Columns run to posterior, rows to inferior, slices to the left of the patient. */
const sagittalMr: Grid = {
  size: [256, 256, 60],
  spacing: [0.7, 0.7, 2],
  origin: [-60, -90, 90],
  axes: [
    [0, 1, 0],
    [0, 0, -1],
    [1, 0, 0],
  ],
};

const tilt = (2 * Math.PI) / 180;
const oblique: Grid = {
  ...axialCt,
  axes: [
    [1, 0, 0],
    [0, Math.cos(tilt), Math.sin(tilt)],
    [0, -Math.sin(tilt), Math.cos(tilt)],
  ],
};

const right = (view: { up: Vec3; normal: Vec3 }): Vec3 => cross(view.up, view.normal);
const rounded = (vector: Vec3): number[] => vector.map((value) => Math.round(value) + 0);

describe.each([
  ["axial CT", axialCt, { axial: 2, coronal: 1, sagittal: 0 }],
  ["sagittal MR", sagittalMr, { axial: 1, coronal: 0, sagittal: 2 }],
  ["oblique MR", oblique, { axial: 2, coronal: 1, sagittal: 0 }],
] as const)("planes of %s", (_, grid, axes) => {
  it("follow the grid and keep the patient's sides", () => {
    expect(planeView(grid, "axial").axis).toBe(axes.axial);
    expect(planeView(grid, "coronal").axis).toBe(axes.coronal);
    expect(planeView(grid, "sagittal").axis).toBe(axes.sagittal);
    expect(rounded(right(planeView(grid, "axial")))).toEqual([1, 0, 0]);
    expect(rounded(right(planeView(grid, "coronal")))).toEqual([1, 0, 0]);
    expect(rounded(right(planeView(grid, "sagittal")))).toEqual([0, 1, 0]);
    expect(rounded(planeView(grid, "axial").up)).toEqual([0, -1, 0]);
    expect(rounded(planeView(grid, "sagittal").up)).toEqual([0, 0, 1]);
  });

  it("go from index to patient and back", () => {
    const index: Vec3 = [13.25, 200.5, 7];
    worldToIndex(grid, indexToWorld(grid, index)).forEach((value, axis) =>
      expect(value).toBeCloseTo(index[axis] ?? 0, 9),
    );
  });
});

describe("acquiredView", () => {
  it("shows pixels as they lie in the file", () => {
    for (const grid of [axialCt, sagittalMr, oblique]) {
      const view = acquiredView(grid);
      expect(
        right(view)
          .map((value, axis) => value - (grid.axes[0][axis] ?? 0))
          .every((value) => Math.abs(value) < 1e-9),
      ).toBe(true);
      expect(view.axis).toBe(2);
    }
    expect(acquiredView(axialCt).reversed).toBe(true);
  });
});

describe("directionLetters", () => {
  it.each([
    [[1, 0, 0], "L"],
    [[-1, 0, 0], "R"],
    [[0, 1, 0], "P"],
    [[0, -2, 0], "A"],
    [[0, 0, 1], "S"],
    [[0, 0, -1], "I"],
    [[0.9, -0.4, 0.01], "LA"],
    [[0, 0, 0], ""],
  ] as const)("%j is %s", (direction, letters) => {
    expect(directionLetters(direction)).toBe(letters);
  });
});

describe("scaleBarLength", () => {
  it("is the longest round length that fits", () => {
    expect([4.9, 5, 99, 100, 230, 0.7].map(scaleBarLength)).toEqual([2, 5, 50, 100, 200, 0.5]);
  });
});
