import { describe, expect, it } from "vitest";

import { diffRuns, LabelGrid } from "./labelGrid";

const shapes = (count: number, rows = 3, columns = 4) =>
  Array.from({ length: count }, (_, k) => ({ key: { sop: `1.2.${k}`, frame: 1, layer: 0 }, rows, columns }));

describe("LabelGrid", () => {
  it("gives frames back as they were put in, row-major and never flipped", () => {
    const grid = new LabelGrid(shapes(2));
    const labels = Uint8Array.from([1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 3]);
    grid.importFrames([{ sop: "1.2.1", frame: 1, layer: 0, rows: 3, columns: 4, labels }]);
    expect(grid.exportFrames([{ sop: "1.2.1", frame: 1, layer: 0 }])[0]?.labels).toEqual(labels);
    expect(grid.at([1, 1, 1])).toBe(2);
    expect(grid.at([3, 2, 1])).toBe(3);
    expect(grid.exportFrames([{ sop: "1.2.0", frame: 1, layer: 0 }])[0]?.labels).toEqual(new Uint8Array(12));
    expect(Object.fromEntries(grid.voxelsByLabel())).toEqual({ 1: 1, 2: 1, 3: 1 });
  });

  it("keeps to its own frames", () => {
    const grid = new LabelGrid(shapes(1));
    const other = { sop: "9.9", frame: 1, layer: 0, rows: 3, columns: 4, labels: new Uint8Array(12).fill(1) };
    grid.importFrames([other]);
    expect(grid.voxelsByLabel().size).toBe(0);
    expect(grid.exportFrames([other])).toEqual([]);
  });

  it("refuses a mask of another shape", () => {
    const grid = new LabelGrid(shapes(1));
    const wrong = { sop: "1.2.0", frame: 1, layer: 0, rows: 4, columns: 3, labels: new Uint8Array(12) };
    expect(() => grid.importFrames([wrong])).toThrow(RangeError);
  });

  it("cuts planes along every axis", () => {
    const grid = new LabelGrid(shapes(3));
    const labels = new Uint8Array(12);
    labels[1 * 4 + 2] = 7;
    grid.importFrames([{ sop: "1.2.1", frame: 1, layer: 0, rows: 3, columns: 4, labels }]);
    const axial = grid.plane(2, 1);
    expect([axial.width, axial.height, axial.labels.indexOf(7)]).toEqual([4, 3, 6]);
    const coronal = grid.plane(1, 1);
    expect([coronal.width, coronal.height, coronal.labels.indexOf(7)]).toEqual([4, 3, 1 * 4 + 2]);
    const sagittal = grid.plane(0, 2);
    expect([sagittal.width, sagittal.height, sagittal.labels.indexOf(7)]).toEqual([3, 3, 1 * 3 + 1]);
    expect(grid.plane(0, 1).labels.includes(7)).toBe(false);
  });
});

describe("diffRuns", () => {
  it("joins neighbours with the same change", () => {
    const before = Uint8Array.from([0, 0, 2, 0, 0]);
    const after = Uint8Array.from([1, 1, 1, 0, 3]);
    expect([...(diffRuns(0, before, after)?.runs ?? [])]).toEqual([0, 2, 0, 1, 2, 1, 2, 1, 4, 1, 0, 3]);
    expect(diffRuns(0, before, before)).toBeNull();
  });
});
