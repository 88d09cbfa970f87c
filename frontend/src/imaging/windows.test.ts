import { describe, expect, it } from "vitest";

import { dragRange, percentileRange, presetsFor, toCenterWidth, toRange } from "./windows";

describe("windows", () => {
  it("go between centre and width and edges", () => {
    expect(toRange(40, 400)).toEqual({ lower: -160, upper: 240 });
    expect(toCenterWidth({ lower: -160, upper: 240 })).toEqual({ center: 40, width: 400 });
  });

  it("have presets in HU for CT and in SUV for PET alone", () => {
    expect(presetsFor("CT").map(({ name }) => name)).toEqual(["softTissue", "lung", "bone", "brain", "liver"]);
    expect(presetsFor("MR")).toEqual([]);
    expect(presetsFor("PT", "SUVbw").map(({ width }) => width)).toEqual([5, 10, 20]);
    expect(presetsFor("PT", "BQML")).toEqual([]);
  });

  it("widen to the right and rise downwards, and never turn over", () => {
    const range = toRange(40, 400);
    expect(toCenterWidth(dragRange(range, 64, 0)).width).toBeGreaterThan(400);
    expect(toCenterWidth(dragRange(range, 0, 64)).center).toBeCloseTo(140);
    const narrow = dragRange(range, -1e6, 0);
    expect(narrow.upper).toBeGreaterThan(narrow.lower);
  });

  it("take percentiles, also of one value", () => {
    expect(
      percentileRange(
        Float32Array.from({ length: 101 }, (_, at) => at),
        1,
        99,
      ),
    ).toEqual({ lower: 1, upper: 99 });
    expect(percentileRange([7, 7, 7], 1, 99)).toEqual({ lower: 7, upper: 8 });
    expect(percentileRange([], 1, 99)).toEqual({ lower: 0, upper: 1 });
  });
});
