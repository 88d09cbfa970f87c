/** Statistics of the stored values inside a figure: of the pixels whose centres lie in it. Pure arithmetic. */

import type { Pixels } from "../edits/types";
import type { Axis, Vec3 } from "../types";

/** Points of a slice in its own count of pixels (fractions allowed; centres are whole numbers). */
export type Spot = readonly [number, number];

/** A region in a slice. */
export type Region =
  | { readonly kind: "polygon"; readonly corners: readonly Spot[] }
  | { readonly kind: "ellipse"; readonly centre: Spot; readonly one: Spot; readonly other: Spot };

/** Values by voxel (i, j, k); null where one is not loaded or has none. */
export interface Values {
  readonly size: Vec3;
  readonly spacing: Vec3;
  slice(k: number): Pixels | null;
}

export interface RegionStatistics {
  readonly count: number;
  readonly mean: number;
  /** Population standard deviation (divided by n), as NumPy's. */
  readonly sd: number;
  readonly min: number;
  readonly max: number;
}

/** A sphere of 1 mL. */
export const PEAK_RADIUS_MM = Math.cbrt((3 * 1000) / (4 * Math.PI));

/** Columns of a row that lie inside, as pairs [first, last]. */
function spans(region: Region, row: number): [number, number][] {
  if (region.kind === "ellipse") {
    return ellipseSpan(region, row);
  }
  const found: number[] = [];
  const { corners } = region;
  corners.forEach(([x1, y1], at) => {
    const [x0, y0] = corners[(at + corners.length - 1) % corners.length] ?? [x1, y1];
    if (y0 <= row !== y1 <= row) {
      found.push(x0 + ((row - y0) / (y1 - y0)) * (x1 - x0));
    }
  });
  found.sort((a, b) => a - b);
  const pairs: [number, number][] = [];
  for (let at = 0; at + 1 < found.length; at += 2) {
    pairs.push([Math.ceil(found[at] ?? 0), Math.ceil(found[at + 1] ?? 0) - 1]);
  }
  return pairs;
}

/** x = s · one + t · other with s² + t² ≤ 1: a quadratic inequality along the row. */
function ellipseSpan({ centre, one, other }: Extract<Region, { kind: "ellipse" }>, row: number): [number, number][] {
  const determinant = one[0] * other[1] - one[1] * other[0];
  if (Math.abs(determinant) < 1e-12) {
    return [];
  }
  const y = row - centre[1];
  const [s1, s0] = [other[1] / determinant, (-other[0] * y) / determinant];
  const [t1, t0] = [-one[1] / determinant, (one[0] * y) / determinant];
  const [a, b, c] = [s1 * s1 + t1 * t1, s1 * s0 + t1 * t0, s0 * s0 + t0 * t0 - 1];
  const root = b * b - a * c;
  if (root < 0) {
    return [];
  }
  return [[Math.ceil(centre[0] + (-b - Math.sqrt(root)) / a), Math.floor(centre[0] + (-b + Math.sqrt(root)) / a)]];
}

function rowsOf(region: Region): [number, number] {
  const rows =
    region.kind === "polygon"
      ? region.corners.map(([, y]) => y)
      : [-1, 1].map((sign) => region.centre[1] + sign * Math.hypot(region.one[1], region.other[1]));
  return [Math.ceil(Math.min(...rows)), Math.floor(Math.max(...rows))];
}

/** The voxels (i, j, k) inside a region of the slice at `layer` along `axis`. */
export function voxelsInside(size: Vec3, axis: Axis, layer: number, region: Region): Vec3[] {
  const [across, down] = planeAxes(axis);
  const [top, bottom] = rowsOf(region);
  const found: Vec3[] = [];
  for (let v = Math.max(0, top); v <= Math.min(size[down] - 1, bottom); v += 1) {
    for (const [first, last] of spans(region, v)) {
      for (let u = Math.max(0, first); u <= Math.min(size[across] - 1, last); u += 1) {
        const voxel: [number, number, number] = [layer, layer, layer];
        voxel[across] = u;
        voxel[down] = v;
        found.push(voxel);
      }
    }
  }
  return found;
}

/** The axes to the right and downwards in a slice across an axis. */
export const planeAxes = (axis: Axis): readonly [Axis, Axis] => [axis === 0 ? 1 : 0, axis === 2 ? 1 : 2];

/** Null where no voxel lies inside, or one has no value. */
export function statisticsOf(values: Values, voxels: readonly Vec3[]): RegionStatistics | null {
  const found = new Float64Array(voxels.length);
  for (const [at, voxel] of voxels.entries()) {
    const value = valueOf(values, voxel);
    if (value === null) {
      return null;
    }
    found[at] = value;
  }
  if (found.length === 0) {
    return null;
  }
  const mean = found.reduce((sum, value) => sum + value, 0) / found.length;
  const squares = found.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const min = found.reduce((least, value) => Math.min(least, value), Infinity);
  const max = found.reduce((most, value) => Math.max(most, value), -Infinity);
  return { count: found.length, mean, sd: Math.sqrt(squares / found.length), min, max };
}

export function valueOf(values: Values, [i, j, k]: Vec3): number | null {
  return values.slice(k)?.[j * values.size[0] + i] ?? null;
}

/**
 * The largest mean within a sphere of 1 mL around any of these voxels, in three dimensions.
 *
 * The sphere takes voxels whose centres are at most 6.2 mm from that of the voxel, inside the figure or not, as far as
 * there are images (the peak of PERCIST, Wahl 2009, with the sphere's centre inside the region). Null without values.
 */
export function peakOf(values: Values, centres: readonly Vec3[]): number | null {
  const { size, spacing } = values;
  const reach = spacing.map((mm) => Math.floor(PEAK_RADIUS_MM / mm));
  const ball: Vec3[] = [];
  for (let k = -(reach[2] ?? 0); k <= (reach[2] ?? 0); k += 1) {
    for (let j = -(reach[1] ?? 0); j <= (reach[1] ?? 0); j += 1) {
      for (let i = -(reach[0] ?? 0); i <= (reach[0] ?? 0); i += 1) {
        if (Math.hypot(i * spacing[0], j * spacing[1], k * spacing[2]) <= PEAK_RADIUS_MM) {
          ball.push([i, j, k]);
        }
      }
    }
  }
  let best: number | null = null;
  for (const [i, j, k] of centres) {
    let [sum, count] = [0, 0];
    for (const [di, dj, dk] of ball) {
      const voxel: Vec3 = [i + di, j + dj, k + dk];
      if (voxel.every((place, axis) => place >= 0 && place < (size[axis] ?? 0))) {
        const value = valueOf(values, voxel);
        if (value === null) {
          return null;
        }
        sum += value;
        count += 1;
      }
    }
    best = Math.max(best ?? -Infinity, sum / count);
  }
  return best;
}
