/** Labels on a plane that is none of the grid's own: looked up voxel by voxel, never interpolated. */

import { dot, subtract, type Grid } from "./grid";
import type { LabelGrid } from "./labelGrid";
import type { PlaneLabels } from "./overlay";
import type { Vec3 } from "./types";

/** A raster in patient space: the centre of its first cell, and the steps to the right and downwards in mm. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly origin: Vec3;
  readonly right: Vec3;
  readonly down: Vec3;
}

/** Voxel coordinates of a point (true) or of a direction (false). */
function indexOf(grid: Grid, vector: Vec3, point: boolean): Vec3 {
  const offset = point ? subtract(vector, grid.origin) : vector;
  return [
    dot(offset, grid.axes[0]) / grid.spacing[0],
    dot(offset, grid.axes[1]) / grid.spacing[1],
    dot(offset, grid.axes[2]) / grid.spacing[2],
  ];
}

/** The label of the voxel in which each cell's centre lies; 0 outside the grid. */
export function samplePlane(labels: LabelGrid, grid: Grid, raster: Raster): PlaneLabels {
  const { width, height } = raster;
  const result = new Uint8Array(width * height);
  const start = indexOf(grid, raster.origin, true);
  const right = indexOf(grid, raster.right, false);
  const down = indexOf(grid, raster.down, false);
  const [columns, rows, depth] = grid.size;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const k = Math.round(start[2] + x * right[2] + y * down[2]);
      const slice = k >= 0 && k < depth ? labels.peek(k) : null;
      if (slice) {
        const i = Math.round(start[0] + x * right[0] + y * down[0]);
        const j = Math.round(start[1] + x * right[1] + y * down[1]);
        if (i >= 0 && j >= 0 && i < columns && j < rows) {
          result[y * width + x] = slice[j * columns + i] ?? 0;
        }
      }
    }
  }
  return { width, height, labels: result };
}
