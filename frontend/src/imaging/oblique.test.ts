import { describe, expect, it } from "vitest";

import { cross, distance, dot, subtract, type Grid } from "./grid";
import { centreOf, crossing, reachAlong, slicesAlong, stepAlong, turned, unit, viewAlong } from "./oblique";
import type { Vec3 } from "./types";

const grid: Grid = {
  size: [100, 80, 41],
  spacing: [1, 0.5, 3],
  origin: [-50, -20, 10],
  axes: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
};

describe("planes at any angle", () => {
  it("step by the spacing along the grid's own axes", () => {
    expect(stepAlong(grid, [0, 0, -1])).toBeCloseTo(3);
    expect(stepAlong(grid, [0, 1, 0])).toBeCloseTo(0.5);
    expect(slicesAlong(grid, [0, 0, 1])).toEqual({ count: 41, step: 3 });
  });

  it("step between the spacings at an angle", () => {
    const step = stepAlong(grid, unit([1, 0, 1]));
    expect(step).toBeGreaterThan(1);
    expect(step).toBeLessThan(3);
  });

  it("reach as far as the farthest corner", () => {
    const normal = unit([1, 2, -1]);
    const centre = centreOf(grid);
    let farthest = 0;
    for (const i of [0, 99]) {
      for (const j of [0, 79]) {
        for (const k of [0, 40]) {
          const corner = [-50 + i, -20 + j * 0.5, 10 + k * 3] as const;
          farthest = Math.max(farthest, dot(normal, corner) - dot(normal, centre));
        }
      }
    }
    expect(reachAlong(grid, normal)).toBeCloseTo(farthest);
  });

  it("turn about an axis without changing lengths or the part along it", () => {
    const axis = unit([1, 1, 1]);
    const result = turned([3, -2, 5], axis, 1.1);
    expect(distance(result, [0, 0, 0])).toBeCloseTo(distance([3, -2, 5], [0, 0, 0]));
    expect(dot(result, axis)).toBeCloseTo(dot([3, -2, 5], axis));
    const quarter = turned([1, 0, 0], [0, 0, 1], Math.PI / 2);
    [0, 1, 0].forEach((value, index) => expect(quarter[index]).toBeCloseTo(value));
  });

  it("know when they are the grid's own", () => {
    expect(viewAlong(grid, [0, 0, -1], [0, -1, 0])).toMatchObject({ axis: 2, reversed: true, oblique: false });
    const tilted = viewAlong(grid, unit([0.1, 0, 1]), [0, -1, 0]);
    expect(tilted).toMatchObject({ axis: 2, reversed: false, oblique: true });
    expect(dot(tilted.normal, tilted.up)).toBeCloseTo(0);
    expect(dot(cross(tilted.normal, tilted.up), cross(tilted.normal, tilted.up))).toBeCloseTo(1);
  });

  it("cross in the line that lies in both, at the point nearest to another", () => {
    const a = { normal: unit([0, 0.2, 1]), point: [1, 2, 3] as const };
    const b = { normal: unit([1, 0.3, 0]), point: [-4, 0, 7] as const };
    const line = crossing(a, b, [10, 10, 10]);
    expect(line).not.toBeNull();
    for (const plane of [a, b]) {
      const offset = [0, 1, 2].map((axis) => (line?.point[axis] ?? 0) - (plane.point[axis] ?? 0));
      expect(dot(plane.normal, offset as unknown as Vec3)).toBeCloseTo(0);
      expect(dot(plane.normal, line?.direction ?? [1, 1, 1])).toBeCloseTo(0);
    }
    expect(dot(line?.direction ?? [1, 1, 1], subtract(line?.point ?? [0, 0, 0], [10, 10, 10]))).toBeCloseTo(0);
    expect(crossing(a, { ...a, point: [0, 0, 0] }, [0, 0, 0])).toBeNull();
  });
});
