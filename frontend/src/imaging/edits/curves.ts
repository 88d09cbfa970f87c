/** Curves through points that a person set. */

import { add, scale } from "../grid";
import type { Vec3 } from "../types";

const STEPS = 12;

/** A closed curve that runs through all points (uniform Catmull-Rom spline), as a polygon. */
export function closedSpline(points: readonly Vec3[]): Vec3[] {
  const count = points.length;
  if (count < 3) {
    return [...points];
  }
  const at = (index: number): Vec3 => points[(index + count) % count] ?? [0, 0, 0];
  return points.flatMap((_, index) =>
    Array.from({ length: STEPS }, (_unused, step) =>
      between(at(index - 1), at(index), at(index + 1), at(index + 2), step / STEPS),
    ),
  );
}

function between(before: Vec3, from: Vec3, to: Vec3, after: Vec3, t: number): Vec3 {
  const weights = [
    -0.5 * t + t * t - 0.5 * t ** 3,
    1 - 2.5 * t * t + 1.5 * t ** 3,
    0.5 * t + 2 * t * t - 1.5 * t ** 3,
    -0.5 * t * t + 0.5 * t ** 3,
  ] as const;
  const parts = [scale(before, weights[0]), scale(from, weights[1]), scale(to, weights[2]), scale(after, weights[3])];
  return parts.reduce(add);
}

/** A circle around a centre in the plane of two unit directions, as a polygon of 96 corners with the circle's area. */
export function circle(centre: Vec3, right: Vec3, down: Vec3, radius: number): Vec3[] {
  const count = 96;
  const angle = (2 * Math.PI) / count;
  const outer = radius * Math.sqrt(angle / Math.sin(angle));
  return Array.from({ length: count }, (_, at) =>
    add(centre, add(scale(right, outer * Math.cos(at * angle)), scale(down, outer * Math.sin(at * angle)))),
  );
}
