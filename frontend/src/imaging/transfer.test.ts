import { describe, expect, it } from "vitest";

import { speedOf } from "./transfer";

describe("speedOf", () => {
  it("knows nothing before the first transfer", () => {
    expect(speedOf([])).toBeNull();
  });

  it("counts time in which several came at once only once, and pauses not at all", () => {
    const megabyte = 1_000_000;
    // 3 MB in 400 ms: two side by side, then a pause, then one.
    const transfers = [
      { bytes: megabyte, begin: 1000, end: 1200 },
      { bytes: megabyte, begin: 0, end: 200 },
      { bytes: megabyte, begin: 100, end: 200 },
    ];
    expect(speedOf(transfers)).toBeCloseTo(60);
  });
});
