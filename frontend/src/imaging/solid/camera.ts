/** The eye of a 3-D pane: parallel projection, so that a millimetre is one everywhere. Pure arithmetic. */

import { add, cross, dot, scale, subtract, type Grid } from "../grid";
import { indexToWorld } from "../grid";
import { centreOf, turned, unit } from "../oblique";
import type { Vec3 } from "../types";
import type { StandardView } from "./types";

export interface Eye {
  /** From the eye into the picture, unit length. */
  readonly direction: Vec3;
  readonly up: Vec3;
  /** The point (LPS mm) in the middle of the pane. */
  readonly centre: Vec3;
  /** Millimetres from the middle of the pane to its top edge. */
  readonly halfHeight: number;
}

/** Seen from the front, from behind, from the patient's left … ; S and I with the front upwards, as slices are shown. */
const STANDARD: Readonly<Record<StandardView, { direction: Vec3; up: Vec3 }>> = {
  A: { direction: [0, 1, 0], up: [0, 0, 1] },
  P: { direction: [0, -1, 0], up: [0, 0, 1] },
  L: { direction: [-1, 0, 0], up: [0, 0, 1] },
  R: { direction: [1, 0, 0], up: [0, 0, 1] },
  S: { direction: [0, 0, -1], up: [0, -1, 0] },
  I: { direction: [0, 0, 1], up: [0, -1, 0] },
};

export function cornersOf(grid: Grid): readonly Vec3[] {
  const ends = [0, 1, 2].map((axis) => [-0.5, (grid.size[axis] ?? 1) - 0.5] as const);
  const [i, j, k] = ends as [readonly [number, number], readonly [number, number], readonly [number, number]];
  return i.flatMap((x) => j.flatMap((y) => k.map((z) => indexToWorld(grid, [x, y, z]))));
}

/** All of the volume, seen from a side, in a pane of that width to height. */
export function standardEye(grid: Grid, view: StandardView, aspect: number): Eye {
  const { direction, up } = STANDARD[view];
  const centre = centreOf(grid);
  const right = cross(direction, up);
  const reach = (along: Vec3) =>
    Math.max(...cornersOf(grid).map((corner) => Math.abs(dot(subtract(corner, centre), along))));
  return { direction, up, centre, halfHeight: 1.05 * Math.max(reach(up), reach(right) / Math.max(aspect, 0.1)) };
}

const RADIANS_PER_PIXEL = Math.PI / 500;

/** Turn about the middle of the pane, as if a ball were rolled under the pointer. */
export function rolled(eye: Eye, dx: number, dy: number): Eye {
  const aside = turned(eye.direction, eye.up, -dx * RADIANS_PER_PIXEL);
  const right = unit(cross(aside, eye.up));
  const direction = unit(turned(aside, right, -dy * RADIANS_PER_PIXEL));
  return { ...eye, direction, up: unit(cross(right, direction)) };
}

export function shifted(eye: Eye, dx: number, dy: number, height: number): Eye {
  const mm = (2 * eye.halfHeight) / height;
  const right = cross(eye.direction, eye.up);
  return { ...eye, centre: add(add(eye.centre, scale(right, -dx * mm)), scale(eye.up, dy * mm)) };
}

/** Larger (above 1) or smaller. */
export const zoomed = (eye: Eye, factor: number): Eye => ({
  ...eye,
  halfHeight: Math.min(5000, Math.max(1, eye.halfHeight / factor)),
});

/** Nearest and farthest depth of the volume, in mm from the plane through the middle of the pane. */
export function depths(grid: Grid, eye: Eye): readonly [number, number] {
  const all = cornersOf(grid).map((corner) => dot(subtract(corner, eye.centre), eye.direction));
  return [Math.min(...all), Math.max(...all)];
}

/** Where a point (LPS mm) is seen in a pane of that width and height, in CSS pixels from its top left corner. */
export function projected(
  eye: Eye,
  [width, height]: readonly [number, number],
  point: Vec3,
): readonly [number, number] {
  const offset = subtract(point, eye.centre);
  const mm = (2 * eye.halfHeight) / height;
  return [width / 2 + dot(offset, cross(eye.direction, eye.up)) / mm, height / 2 - dot(offset, eye.up) / mm];
}
