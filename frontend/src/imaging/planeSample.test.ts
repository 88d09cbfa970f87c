import { describe, expect, it } from "vitest";

import { indexToWorld, type Grid } from "./grid";
import { LabelGrid } from "./labelGrid";
import { samplePlane } from "./planeSample";

const SIZE = 24;
const tilted = Math.PI / 7;
const grid: Grid = {
  size: [SIZE, SIZE, SIZE],
  spacing: [1, 1, 2],
  origin: [5, -3, 11],
  axes: [
    [Math.cos(tilted), Math.sin(tilted), 0],
    [-Math.sin(tilted), Math.cos(tilted), 0],
    [0, 0, 1],
  ],
};

function ball(radiusMm: number): LabelGrid {
  const labels = new LabelGrid(
    Array.from({ length: SIZE }, (_, k) => ({
      key: { sop: String(k), frame: 1, layer: 0 },
      rows: SIZE,
      columns: SIZE,
    })),
  );
  const middle = (SIZE - 1) / 2;
  for (let k = 0; k < SIZE; k += 1) {
    const slice = labels.touch(k);
    for (let j = 0; j < SIZE; j += 1) {
      for (let i = 0; i < SIZE; i += 1) {
        if (Math.hypot(i - middle, j - middle, 2 * (k - middle)) <= radiusMm) {
          labels.write(slice, j * SIZE + i, 3);
        }
      }
    }
  }
  return labels;
}

describe("labels on a plane at an angle", () => {
  it("are the voxels under it: a ball cut through its centre is a disc of its radius", () => {
    const centre = indexToWorld(grid, [(SIZE - 1) / 2, (SIZE - 1) / 2, (SIZE - 1) / 2]);
    const step = 0.1;
    const slant = Math.SQRT1_2 * step;
    const half = 150;
    const plane = samplePlane(ball(9), grid, {
      width: 2 * half + 1,
      height: 2 * half + 1,
      origin: [centre[0] - half * slant, centre[1] - half * step, centre[2] - half * slant],
      right: [slant, 0, slant],
      down: [0, step, 0],
    });
    const area = plane.labels.reduce((count, value) => count + (value === 3 ? 1 : 0), 0) * step * step;
    expect(area / (Math.PI * 81)).toBeGreaterThan(0.96);
    expect(area / (Math.PI * 81)).toBeLessThan(1.04);
  });

  it("are the frame itself on the frame's own plane", () => {
    const labels = new LabelGrid([{ key: { sop: "a", frame: 1, layer: 0 }, rows: 2, columns: 3 }]);
    labels.touch(0).set([1, 2, 3, 4, 5, 6]);
    const flat: Grid = { ...grid, size: [3, 2, 1] };
    const [right, down] = flat.axes;
    const plane = samplePlane(labels, flat, { width: 4, height: 2, origin: flat.origin, right, down });
    expect([...plane.labels]).toEqual([1, 2, 3, 0, 4, 5, 6, 0]);
  });
});
