/** Scissors: which voxels lie inside a polygon that was drawn in a plane, however that plane lies in the patient. */

import { dot, indexToWorld, subtract, type Grid } from "../grid";
import type { Vec3 } from "../types";
import { voxelsIn, type PlaneMap, type Region } from "./types";

/** A plane in patient space: a point of it, and unit directions to the right and down. */
export interface DrawnPlane {
  readonly origin: Vec3;
  readonly right: Vec3;
  readonly down: Vec3;
  readonly normal: Vec3;
}

/** The map from voxels of a box to the plane. */
export function planeMap(grid: Grid, region: Region, plane: DrawnPlane): PlaneMap {
  const start = subtract(indexToWorld(grid, region.lo), plane.origin);
  const row = (direction: Vec3): readonly [number, number, number, number] => [
    dot(grid.axes[0], direction) * grid.spacing[0],
    dot(grid.axes[1], direction) * grid.spacing[1],
    dot(grid.axes[2], direction) * grid.spacing[2],
    dot(start, direction),
  ];
  return { a: row(plane.right), b: row(plane.down), c: row(plane.normal) };
}

/** Points of the patient as a, b in the plane, one after the other. */
export function inPlane(points: readonly Vec3[], plane: DrawnPlane): Float64Array {
  return Float64Array.from(
    points.flatMap((point) => {
      const offset = subtract(point, plane.origin);
      return [dot(offset, plane.right), dot(offset, plane.down)];
    }),
  );
}

/**
 * Voxels of a box whose centres lie inside a polygon (even-odd), seen along the plane's normal, and within `depth` of it.
 *
 * Along a row of voxels the plane coordinates run straight, so a row is cut with the polygon's edges once, whatever the
 * direction of the row: cost is rows × edges, not voxels × edges.
 */
export function insidePolygon(size: Vec3, map: PlaneMap, polygon: Float64Array, depth: number | null): Uint8Array {
  const result = new Uint8Array(voxelsIn(size));
  const corners = polygon.length / 2;
  if (corners < 3) {
    return result;
  }
  const pace = Math.hypot(map.a[0], map.b[0]);
  const still = pace < 1e-9;
  const along = still ? ([1, 0] as const) : ([map.a[0] / pace, map.b[0] / pace] as const);
  const turned = new Float64Array(polygon.length);
  for (let at = 0; at < corners; at += 1) {
    const [a, b] = [polygon[2 * at] ?? 0, polygon[2 * at + 1] ?? 0];
    turned[2 * at] = a * along[0] + b * along[1];
    turned[2 * at + 1] = b * along[0] - a * along[1];
  }
  for (let k = 0; k < size[2]; k += 1) {
    for (let j = 0; j < size[1]; j += 1) {
      const a = map.a[1] * j + map.a[2] * k + map.a[3];
      const b = map.b[1] * j + map.b[2] * k + map.b[3];
      const crossings = crossingsOf(turned, a * along[0] + b * along[1], b * along[0] - a * along[1]);
      const start = (k * size[1] + j) * size[0];
      const off = map.c[1] * j + map.c[2] * k + map.c[3];
      fillRow(result.subarray(start, start + size[0]), crossings, still ? 0 : pace, depth, off, map.c[0]);
    }
  }
  return result;
}

/** Where a row's line cuts the polygon, as distances along it from its first voxel, in order. */
function crossingsOf(turned: Float64Array, startX: number, y: number): number[] {
  const found: number[] = [];
  const count = turned.length / 2;
  for (let at = 0, previous = count - 1; at < count; previous = at, at += 1) {
    const [y0, y1] = [turned[2 * previous + 1] ?? 0, turned[2 * at + 1] ?? 0];
    if (y0 <= y !== y1 <= y) {
      const [x0, x1] = [turned[2 * previous] ?? 0, turned[2 * at] ?? 0];
      found.push(x0 + ((y - y0) / (y1 - y0)) * (x1 - x0) - startX);
    }
  }
  return found.sort((one, two) => one - two);
}

function fillRow(
  row: Uint8Array,
  crossings: readonly number[],
  pace: number,
  depth: number | null,
  off: number,
  offPace: number,
): void {
  for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
    const [from, to] = [crossings[pair] ?? 0, crossings[pair + 1] ?? 0];
    const standing = from <= 0 && to > 0;
    const first = pace > 0 ? Math.max(0, Math.ceil(from / pace)) : standing ? 0 : row.length;
    const end = pace > 0 ? Math.min(row.length, Math.ceil(to / pace)) : row.length;
    for (let i = first; i < end; i += 1) {
      if (depth === null || Math.abs(off + offPace * i) <= depth) {
        row[i] = 1;
      }
    }
  }
}

/** The smallest box of a grid that holds these points (LPS mm), one voxel wider on each side; null outside the grid. */
export function boxAround(grid: Grid, indices: readonly Vec3[]): Region | null {
  const lo: [number, number, number] = [0, 0, 0];
  const size: [number, number, number] = [0, 0, 0];
  for (const axis of [0, 1, 2] as const) {
    const values = indices.map((index) => index[axis]);
    lo[axis] = Math.max(0, Math.floor(Math.min(...values)) - 1);
    size[axis] = Math.min(grid.size[axis] - 1, Math.ceil(Math.max(...values)) + 1) - lo[axis] + 1;
    if (size[axis] <= 0) {
      return null;
    }
  }
  return { lo, size };
}
