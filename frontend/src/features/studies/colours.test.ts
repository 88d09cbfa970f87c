import { describe, expect, it } from "vitest";

import { cssOfLab, cssOfRgb, distinctColour } from "./colours";

describe("cssOfLab", () => {
  it("knows black, white and grey", () => {
    expect(cssOfLab([0, 32_896, 32_896])).toBe("#000000");
    expect(cssOfLab([65_535, 32_896, 32_896])).toBe("#ffffff");
    const grey = cssOfLab([35_000, 32_896, 32_896]);
    expect(grey.slice(1, 3)).toBe(grey.slice(3, 5));
    expect(grey.slice(3, 5)).toBe(grey.slice(5, 7));
  });

  it("gives sRGB red for its Lab under D50 (54.29, 80.81, 69.89)", () => {
    const lab = [54.29 / 100, (80.81 + 128) / 255, (69.89 + 128) / 255].map((value) => Math.round(value * 65_535));
    const css = cssOfLab(lab);
    const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(css.slice(at, at + 2), 16));
    expect(r).toBeGreaterThan(252);
    expect(g).toBeLessThan(8);
    expect(b).toBeLessThan(8);
  });
});

describe("cssOfRgb", () => {
  it("writes three bytes", () => expect(cssOfRgb([255, 0, 16])).toBe("#ff0010"));
});

describe("distinctColour", () => {
  it("comes round again", () => expect(distinctColour(7)).toBe(distinctColour(0)));
});
