import { describe, expect, it } from "vitest";

import { definitionOf, firstDraft, isComplete, percentSum } from "./definition";

describe("a release's definition", () => {
  it("has shares that add up to one", () => {
    expect(percentSum(firstDraft)).toBe(100);
    const { shares } = definitionOf({ ...firstDraft, name: " first " });
    expect(shares.train + shares.val + shares.test).toBeCloseTo(1, 12);
  });

  it("is complete only with a format, whole shares and a reader where one is meant", () => {
    expect(isComplete(firstDraft)).toBe(true);
    expect(isComplete({ ...firstDraft, formats: [] })).toBe(false);
    expect(isComplete({ ...firstDraft, percent: { train: 70, val: 20, test: 15 } })).toBe(false);
    expect(isComplete({ ...firstDraft, labelSource: "reader" })).toBe(false);
    expect(isComplete({ ...firstDraft, labelSource: "reader", reader: "id" })).toBe(true);
  });

  it("names no reader when the consensus is meant", () => {
    expect(definitionOf({ ...firstDraft, reader: "left over" }).reader).toBeNull();
  });
});
