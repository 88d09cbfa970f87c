import { describe, expect, it } from "vitest";

import { beginning, between, fitted, moved, resized, share } from "./regions";

const picture = { width: 640, height: 480 };

describe("regions", () => {
  it("are the same in whichever direction they are drawn", () => {
    const expected = { x: 10, y: 20, width: 30, height: 40 };
    expect(between({ x: 10, y: 20 }, { x: 40, y: 60 }, picture)).toEqual(expected);
    expect(between({ x: 40, y: 60 }, { x: 10, y: 20 }, picture)).toEqual(expected);
    expect(between({ x: 40, y: 20 }, { x: 10, y: 60 }, picture)).toEqual(expected);
  });

  it("are cut at the edges and never empty", () => {
    expect(between({ x: -50, y: -10 }, { x: 9000, y: 9000 }, picture)).toEqual({ x: 0, y: 0, width: 640, height: 480 });
    expect(fitted({ x: 639.6, y: 5, width: 0, height: 0 }, picture)).toEqual({ x: 639, y: 5, width: 1, height: 1 });
  });

  it("cover every pixel that was touched", () => {
    expect(between({ x: 10.9, y: 0 }, { x: 12.1, y: 1 }, picture)).toEqual({ x: 10, y: 0, width: 3, height: 1 });
  });

  it("keep their size when moved against an edge", () => {
    const region = { x: 600, y: 0, width: 40, height: 10 };
    expect(moved(region, 10, -5, picture)).toEqual(region);
    expect(moved(region, -700, 7, picture)).toEqual({ x: 0, y: 7, width: 40, height: 10 });
  });

  it("stop at the edge when made larger, and at one pixel when made smaller", () => {
    const region = { x: 600, y: 470, width: 20, height: 5 };
    expect(resized(region, 100, 100, picture)).toEqual({ x: 600, y: 470, width: 40, height: 10 });
    expect(resized(region, -100, -100, picture)).toEqual({ x: 600, y: 470, width: 1, height: 1 });
  });

  it("begin within the picture", () => {
    expect(beginning(picture)).toEqual({ x: 0, y: 0, width: 320, height: 48 });
  });

  it("are counted once where they overlap", () => {
    const half = { x: 0, y: 0, width: 320, height: 480 };
    expect(share([half, { ...half, width: 160 }], picture)).toBe(0.5);
    expect(share([half, { x: 160, y: 0, width: 320, height: 480 }], picture)).toBe(0.75);
    expect(share([], picture)).toBe(0);
  });
});
