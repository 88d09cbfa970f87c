import { describe, expect, it } from "vitest";

import { SIGMOID, sigmoidRange, tableWindow } from "./curves";

const greyAt = (value: number, center: number, width: number) => {
  const { lower, upper } = sigmoidRange(center, width);
  const at = ((value - lower) / (upper - lower)) * (SIGMOID.greys.length - 1);
  return SIGMOID.greys[Math.round(at)] ?? NaN;
};

describe("curves", () => {
  it("draw the sigmoid of the standard", () => {
    for (const value of [1800, 2400, 2653, 2900, 3500]) {
      const wanted = 1 / (1 + Math.exp((-4 * (value - 2653)) / 900));
      expect(Math.abs(greyAt(value, 2653, 900) - wanted)).toBeLessThan(0.017); // half a step of 256
    }
    expect(SIGMOID.greys[0]).toBeLessThan(0.0004);
  });

  it("draw a table of a file from its first value to its last", () => {
    const found = tableWindow({ descriptor: [5, 100, 8], values: [0, 10, 100, 200, 255] });
    expect(found?.range).toEqual({ lower: 100, upper: 104 });
    expect(found?.curve.greys[0]).toBe(0);
    expect(found?.curve.greys.at(-1)).toBe(1);
    expect(found?.curve.greys[128]).toBeCloseTo(100 / 255);
    expect(tableWindow({ descriptor: [5, 100, 8], values: [0, 10, 100, 200, 255] })?.curve.name).toBe(
      found?.curve.name,
    );
    expect(tableWindow({ descriptor: [5, 100, 8], values: [0, 10, 100, 210, 255] })?.curve.name).not.toBe(
      found?.curve.name,
    );
    expect(tableWindow({ descriptor: [3, 0, 16], base64: btoa("\x00\x00\xff\x7f\xff\xff") })?.curve.greys.at(-1)).toBe(
      1,
    );
    expect(tableWindow({ descriptor: [] })).toBeNull();
  });
});
