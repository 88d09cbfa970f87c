import { describe, expect, it } from "vitest";

import { pathOf, ticks } from "./CurvePlot";

describe("ticks", () => {
  it("are round and within the range", () => {
    expect(ticks(0, 1, 4)).toEqual([0, 0.5, 1]);
    expect(ticks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(ticks(0, 12, 6)).toEqual([0, 2, 4, 6, 8, 10, 12]);
    expect(ticks(3, 3, 4)).toEqual([3]);
  });
});

describe("pathOf", () => {
  const same = (value: number) => value;

  it("breaks where a value is missing", () => {
    const points = [
      { x: 0, y: 1 },
      { x: 1, y: 2 },
      { x: 2, y: null },
      { x: 3, y: 4 },
    ];
    expect(pathOf(points, same, same)).toBe("M0.0 1.0L1.0 2.0M3.0 4.0");
  });
});
