import { describe, expect, it } from "vitest";

import { alphaAt, presetsOf, transferOf } from "./presets";

const WINDOW = { lower: 0, upper: 10 };

describe("presets of 3-D panes", () => {
  it("offers Hounsfield presets where values are HU, and such as follow the window elsewhere", () => {
    expect(presetsOf("CT", "HU")).toContain("bone");
    expect(presetsOf("CT", "")).not.toContain("bone");
    expect(presetsOf("PT", "SUVbw")[0]).toBe("petMip");
    expect(presetsOf("MR", "")).toEqual(["ramp", "mip", "none"]);
  });

  it("shows bone and lets soft tissue and air through", () => {
    const { opacity } = transferOf("bone", WINDOW);
    expect(alphaAt(opacity, -1000)).toBe(0);
    expect(alphaAt(opacity, 60)).toBe(0);
    expect(alphaAt(opacity, 800)).toBeGreaterThan(0.5);
    expect(alphaAt(transferOf("tissue", WINDOW).opacity, 60)).toBeGreaterThan(0.2);
    expect(alphaAt(transferOf("lung", WINDOW).opacity, -500)).toBeGreaterThan(0.1);
    expect(alphaAt(transferOf("lung", WINDOW).opacity, 60)).toBe(0);
  });

  it("follows the window: PET dark on white from its lower to its upper end", () => {
    const { colours, ground, blend } = transferOf("petMip", WINDOW);
    expect([colours[0], colours.at(-1)]).toEqual([
      [0, 1, 1, 1],
      [10, 0, 0, 0],
    ]);
    expect([ground, blend]).toEqual([[1, 1, 1], "maximum"]);
    expect(alphaAt(transferOf("ramp", WINDOW).opacity, 1)).toBe(0);
    expect(alphaAt(transferOf("ramp", WINDOW).opacity, 10)).toBeCloseTo(0.6);
  });
});
