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

describe("frames that are lent", () => {
  const key = { sop: "1.2.0", frame: 1, layer: 0 };
  const put = (grid: LabelGrid, offset: number, value: number) => grid.write(grid.touch(0), offset, value);

  it("stay as they were, whatever is written meanwhile", () => {
    const grid = new LabelGrid(shapes(2));
    put(grid, 3, 1);
    const first = grid.lendFrames([key]);
    put(grid, 4, 2);
    const second = grid.lendFrames([key]);
    grid.applyRuns([{ slice: 0, runs: Int32Array.from([3, 2, 0, 5]) }], false);
    expect([...(first.frames[0]?.labels ?? [])]).toEqual([0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect([...(second.frames[0]?.labels ?? [])]).toEqual([0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0]);
    expect([...(grid.peek(0) ?? [])]).toEqual([0, 0, 0, 5, 5, 0, 0, 0, 0, 0, 0, 0]);
  });

  it("are copied for writing as long as anybody has them, and no longer", () => {
    const grid = new LabelGrid(shapes(1));
    put(grid, 0, 1);
    const [one, other] = [grid.lendFrames([key]), grid.lendFrames([key])];
    one.release();
    one.release(); // a second time is nothing
    put(grid, 1, 1);
    expect(other.frames[0]?.labels[1]).toBe(0);
    const now = grid.touch(0);
    other.release(); // of what was copied since
    const again = grid.lendFrames([key]);
    again.release();
    expect(grid.touch(0)).toBe(now);
    expect(grid.lendFrames([{ ...key, sop: "9" }]).frames).toEqual([]);
  });

  it("are empty where nothing was drawn", () => {
    const grid = new LabelGrid(shapes(1));
    const lent = grid.lendFrames([key]);
    put(grid, 0, 1);
    expect(lent.frames[0]?.labels).toEqual(new Uint8Array(12));
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
