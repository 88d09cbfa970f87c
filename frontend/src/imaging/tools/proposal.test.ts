import { describe, expect, it } from "vitest";

import { LabelLayers } from "../labelLayers";
import type { FrameMask } from "../types";
import { proposalOf } from "./proposal";

const shapes = ["a", "b", "c"].map((sop) => ({ rows: 4, columns: 5, key: { sop, frame: 1, layer: 0 } }));

function mask(sop: string, ...at: readonly (readonly [number, number])[]): FrameMask {
  const labels = new Uint8Array(20);
  at.forEach(([column, row]) => {
    labels[row * 5 + column] = 7;
  });
  return { sop, frame: 1, layer: 0, rows: 4, columns: 5, labels };
}

describe("a proposal as an edit", () => {
  it("is the box around its frames, with every voxel in its place", () => {
    const frames = [mask("b", [1, 1], [3, 1]), mask("c", [2, 3]), mask("elsewhere", [0, 0])];
    const found = proposalOf(frames, new LabelLayers(shapes), 7);
    expect(found?.region).toEqual({ lo: [1, 1, 1], size: [3, 3, 2] });
    expect(found?.operation.kind).toBe("copy");
    const source = found?.operation.kind === "copy" ? [...found.operation.source] : [];
    expect(source).toEqual([7, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0]);
  });

  it("is nothing where no frame holds the label", () => {
    expect(proposalOf([mask("a", [1, 1])], new LabelLayers(shapes), 3)).toBeNull();
    expect(proposalOf([], new LabelLayers(shapes), 7)).toBeNull();
  });
});
