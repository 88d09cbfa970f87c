/** A regular grid in patient space, the planes through it, and the letters at their edges. Pure arithmetic. */

import type { Axis, Plane, Vec3 } from "./types";

export interface Grid {
  /** Voxels along i (columns), j (rows), k (slices). */
  readonly size: Vec3;
  readonly spacing: Vec3;
  /** Centre of voxel (0, 0, 0). */
  readonly origin: Vec3;
  /** Unit directions of i, j, k; orthogonal. */
  readonly axes: readonly [Vec3, Vec3, Vec3];
}

/** How a plane of the grid is looked at: `normal` points away from the eye, `up` to the top edge. */
export interface PlaneView {
  readonly axis: Axis;
  readonly normal: Vec3;
  readonly up: Vec3;
  /** True when slices are counted against the grid's own index. */
  readonly reversed: boolean;
  /** True when the plane is none of the grid's own; `axis` is then the nearest one. */
  readonly oblique: boolean;
}

export const dot = (a: Vec3, b: Vec3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const scale = (a: Vec3, factor: number): Vec3 => [a[0] * factor, a[1] * factor, a[2] * factor];
export const add = (a: Vec3, b: Vec3): Vec3 => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
export const subtract = (a: Vec3, b: Vec3): Vec3 => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
export const cross = (a: Vec3, b: Vec3): Vec3 => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
export const distance = (a: Vec3, b: Vec3): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

export function indexToWorld(grid: Grid, index: Vec3): Vec3 {
  let point = grid.origin;
  for (const axis of [0, 1, 2] as const) {
    point = add(point, scale(grid.axes[axis], index[axis] * grid.spacing[axis]));
  }
  return point;
}

export function worldToIndex(grid: Grid, point: Vec3): Vec3 {
  const offset = subtract(point, grid.origin);
  return [
    dot(offset, grid.axes[0]) / grid.spacing[0],
    dot(offset, grid.axes[1]) / grid.spacing[1],
    dot(offset, grid.axes[2]) / grid.spacing[2],
  ];
}

export function contains(grid: Grid, index: Vec3): boolean {
  return index.every((value, axis) => value > -0.5 && value < (grid.size[axis] ?? 0) - 0.5);
}

const PLANES: Record<Plane, { normal: Vec3; up: Vec3; along: Axis; upAlong: Axis }> = {
  axial: { normal: [0, 0, -1], up: [0, -1, 0], along: 2, upAlong: 1 },
  coronal: { normal: [0, -1, 0], up: [0, 0, 1], along: 1, upAlong: 2 },
  sagittal: { normal: [1, 0, 0], up: [0, 0, 1], along: 0, upAlong: 2 },
};

const PERMUTATIONS: readonly (readonly [Axis, Axis, Axis])[] = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

/** For patient x, y and z: the grid axis that runs closest to it, each axis used once. */
export function axesByPatientDirection(grid: Grid): readonly [Axis, Axis, Axis] {
  let best = PERMUTATIONS[0] ?? [0, 1, 2];
  let bestFit = -1;
  for (const order of PERMUTATIONS) {
    const fit = order.reduce<number>((sum, axis, patient) => sum + Math.abs(grid.axes[axis][patient] ?? 0), 0);
    if (fit > bestFit + 1e-9) {
      best = order;
      bestFit = fit;
    }
  }
  return best;
}

/**
 * A plane along the grid's own axes, nearest to the anatomical one.
 *
 * Planes follow the grid, not the table: so a pane shows voxels of one layer of the grid, a stroke in the acquired
 * plane stays on one frame, and nothing is interpolated there. Tilted acquisitions appear a few degrees off.
 */
export function planeView(grid: Grid, plane: Plane): PlaneView {
  const order = axesByPatientDirection(grid);
  const wanted = PLANES[plane];
  const axis = order[wanted.along];
  const upAxis = order[wanted.upAlong];
  const normalSign = dot(grid.axes[axis], wanted.normal) < 0 ? -1 : 1;
  const upSign = dot(grid.axes[upAxis], wanted.up) < 0 ? -1 : 1;
  return {
    axis,
    normal: scale(grid.axes[axis], normalSign),
    up: scale(grid.axes[upAxis], upSign),
    reversed: normalSign < 0,
    oblique: false,
  };
}

/** The acquired plane as the pixels lie in the file: columns to the right, rows downwards. */
export function acquiredView(grid: Grid): PlaneView {
  const normal = scale(cross(grid.axes[0], grid.axes[1]), -1);
  const reversed = dot(normal, grid.axes[2]) < 0;
  return { axis: 2, normal, up: scale(grid.axes[1], -1), reversed, oblique: false };
}

/** The ends of the patient's axes: right and left, front and back, feet and head. */
const ENDS = [
  ["R", "L"],
  ["A", "P"],
  ["I", "S"],
] as const;

/** Patient direction of a vector in one or two letters: L left, P posterior, S superior and their opposites. */
export function directionLetters(direction: Vec3): string {
  const length = Math.hypot(...direction);
  if (length === 0) {
    return "";
  }
  return direction
    .map((value, axis) => ({ size: Math.abs(value) / length, letter: ENDS[axis]?.[value > 0 ? 1 : 0] ?? "" }))
    .filter((part) => part.size > 0.25)
    .sort((a, b) => b.size - a.size)
    .slice(0, 2)
    .map((part) => part.letter)
    .join("");
}

/** Where a plane lies along the axis that it is nearest to being across, in mm, as "S 12.5"; "" for none. */
export function placeText(plane: { readonly point: Vec3; readonly normal: Vec3 } | null): string {
  const sizes = (plane?.normal ?? []).map(Math.abs);
  const axis = sizes.indexOf(Math.max(...sizes));
  const value = plane?.point[axis];
  return value === undefined ? "" : `${ENDS[axis]?.[value > 0 ? 1 : 0] ?? ""} ${Math.abs(value).toFixed(1)}`;
}

/** A round length for a scale bar that is at most `maximumMm` long. */
export function scaleBarLength(maximumMm: number): number {
  const power = 10 ** Math.floor(Math.log10(maximumMm));
  const step = [5, 2, 1].find((candidate) => candidate * power <= maximumMm) ?? 1;
  return step * power;
}
