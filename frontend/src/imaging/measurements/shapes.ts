/** Sizes of figures out of points in any length unit. Pure arithmetic. */

import { add, cross, distance, dot, scale, subtract } from "../grid";
import type { Vec3 } from "../types";

const DEGREES = 180 / Math.PI;
const ORIGIN: Vec3 = [0, 0, 0];

export const middleOf = (points: readonly Vec3[]): Vec3 =>
  scale(points.reduce<Vec3>(add, ORIGIN), 1 / Math.max(1, points.length));

/** Angle between two directions, 0 to 180 degrees; by both sine and cosine, so that small angles stay exact. */
function between(one: Vec3, other: Vec3): number {
  const sine = distance(cross(one, other), ORIGIN);
  return Math.atan2(sine, dot(one, other)) * DEGREES;
}

/** Degrees at the middle one of three points. */
export const angleAt = (a: Vec3, vertex: Vec3, b: Vec3): number => between(subtract(a, vertex), subtract(b, vertex));

/** The acute angle between two lines, 0 to 90 degrees, whichever way each was drawn. */
export function cobbAngle(a: Vec3, b: Vec3, c: Vec3, d: Vec3): number {
  const angle = between(subtract(b, a), subtract(d, c));
  return Math.min(angle, 180 - angle);
}

/** Area of a flat closed polygon, wherever its plane lies (Newell's method). */
export function polygonArea(points: readonly Vec3[]): number {
  const [first = ORIGIN] = points;
  let sum: Vec3 = ORIGIN;
  for (let at = 1; at + 1 < points.length; at += 1) {
    sum = add(sum, cross(subtract(points[at] ?? first, first), subtract(points[at + 1] ?? first, first)));
  }
  return distance(sum, ORIGIN) / 2;
}

/** Length of a closed polygon. */
export const polygonPerimeter = (points: readonly Vec3[]): number =>
  points.reduce((sum, point, at) => sum + distance(point, points[(at + 1) % points.length] ?? point), 0);

/** Perimeter of an ellipse with these half axes (Ramanujan's second formula; off by less than 4e-4 at any shape). */
export function ellipsePerimeter(a: number, b: number): number {
  if (a + b === 0) {
    return 0;
  }
  const h = ((a - b) / (a + b)) ** 2;
  return Math.PI * (a + b) * (1 + (3 * h) / (10 + Math.sqrt(4 - 3 * h)));
}

/** Centre and half axes of an ellipse given by the ends of its axes. */
export function ellipseOf(points: readonly Vec3[]): { centre: Vec3; one: Vec3; other: Vec3 } {
  const [a = ORIGIN, b = ORIGIN, c = ORIGIN, d = ORIGIN] = points;
  return { centre: middleOf([a, b, c, d]), one: scale(subtract(b, a), 0.5), other: scale(subtract(d, c), 0.5) };
}

/** An ellipse as a polygon, for drawing. */
export function ellipsePath(centre: Vec3, one: Vec3, other: Vec3, corners = 72): Vec3[] {
  return Array.from({ length: corners }, (_, at) => {
    const angle = (at / corners) * 2 * Math.PI;
    return add(centre, add(scale(one, Math.cos(angle)), scale(other, Math.sin(angle))));
  });
}
