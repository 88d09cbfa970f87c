/** Planes at any angle through a grid: how far they reach, how they step, and how they turn. Pure arithmetic. */

import { add, cross, dot, scale, subtract, type Grid, type PlaneView } from "./grid";
import type { Axis, Vec3 } from "./types";

const AXES = [0, 1, 2] as const;
/** Cosine beyond which a plane counts as one of the grid's own: less than 0.003 voxels off at 512 voxels. */
const PARALLEL = 1 - 1e-11;

export const unit = (v: Vec3): Vec3 => scale(v, 1 / Math.sqrt(dot(v, v)));

/** Turn a vector about a unit axis, counter-clockwise when the axis points at the eye (Rodrigues' formula). */
export function turned(v: Vec3, axis: Vec3, radians: number): Vec3 {
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
  return add(add(scale(v, cos), scale(cross(axis, v), sin)), scale(axis, dot(axis, v) * (1 - cos)));
}

/** Millimetres from one slice to the next along a normal: the spacing itself where the normal is an axis of the grid. */
export function stepAlong(grid: Grid, normal: Vec3): number {
  const sum = AXES.reduce<number>((total, axis) => total + (dot(normal, grid.axes[axis]) / grid.spacing[axis]) ** 2, 0);
  return 1 / Math.sqrt(sum);
}

/** Half the way, in mm, that a voxel reaches along a normal: a plane nearer to its centre goes through it. */
export function voxelReach(grid: Grid, normal: Vec3): number {
  return AXES.reduce<number>(
    (total, axis) => total + (Math.abs(dot(normal, grid.axes[axis])) * grid.spacing[axis]) / 2,
    0,
  );
}

export function centreOf(grid: Grid): Vec3 {
  return AXES.reduce<Vec3>(
    (point, axis) => add(point, scale(grid.axes[axis], ((grid.size[axis] - 1) / 2) * grid.spacing[axis])),
    grid.origin,
  );
}

/** Half the way, in mm, that the voxel centres reach along a normal from the centre of the grid. */
export function reachAlong(grid: Grid, normal: Vec3): number {
  return AXES.reduce<number>(
    (total, axis) => total + (Math.abs(dot(normal, grid.axes[axis])) * (grid.size[axis] - 1) * grid.spacing[axis]) / 2,
    0,
  );
}

/** The slices of a plane at any angle, counted along the line of sight; the middle one goes through the centre. */
export function slicesAlong(grid: Grid, normal: Vec3): { count: number; step: number } {
  const step = stepAlong(grid, normal);
  return { count: 2 * Math.floor(reachAlong(grid, normal) / step + 1e-6) + 1, step };
}

/** How a plane with this normal and upward direction is looked at. It may turn out to be one of the grid's own. */
export function viewAlong(grid: Grid, normal: Vec3, up: Vec3): PlaneView {
  const along = AXES.map((axis) => dot(normal, grid.axes[axis]));
  const axis = along.reduce<Axis>(
    (best, value, index) => (Math.abs(value) > Math.abs(along[best] ?? 0) ? (index as Axis) : best),
    0,
  );
  const flat = add(up, scale(normal, -dot(up, normal)));
  return {
    axis,
    normal: unit(normal),
    up: unit(flat),
    reversed: (along[axis] ?? 0) < 0,
    oblique: Math.abs(along[axis] ?? 0) < PARALLEL,
  };
}

/** A plane in patient space. */
export interface SpacePlane {
  readonly normal: Vec3;
  readonly point: Vec3;
}

/** Where two planes cross: the point of that line nearest to `near`, and its direction; null for parallel planes. */
export function crossing(a: SpacePlane, b: SpacePlane, near: Vec3): { point: Vec3; direction: Vec3 } | null {
  const direction = cross(a.normal, b.normal);
  const sine = Math.sqrt(dot(direction, direction));
  if (sine < 0.02) {
    return null;
  }
  const cosine = dot(a.normal, b.normal);
  const [toA, toB] = [dot(a.normal, subtract(a.point, near)), dot(b.normal, subtract(b.point, near))];
  const square = 1 - cosine * cosine;
  const alongA = (toA - toB * cosine) / square;
  const alongB = (toB - toA * cosine) / square;
  const point = add(add(near, scale(a.normal, alongA)), scale(b.normal, alongB));
  return { point, direction: scale(direction, 1 / sine) };
}
