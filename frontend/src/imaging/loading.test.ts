import { describe, expect, it } from "vitest";

import { takeNearest } from "./loading";

describe("takeNearest", () => {
  it("goes outwards from what is in view", () => {
    const waiting = [0, 1, 2, 3, 4, 5, 6];
    expect(Array.from({ length: 8 }, () => takeNearest(waiting, 4))).toEqual([4, 3, 5, 2, 6, 1, 0, -1]);
  });

  it("follows the reader", () => {
    const waiting = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    expect([takeNearest(waiting, 2), takeNearest(waiting, 8), takeNearest(waiting, 8)]).toEqual([2, 8, 7]);
  });

  it("takes what is left at either end", () => {
    expect([takeNearest([3, 9], -5), takeNearest([3, 9], 100)]).toEqual([3, 9]);
  });
});
