/** What each type of measurement looks like: the points that a person sets, what is kept, handles and lines. */

import { closedSpline } from "../edits/curves";
import { add, cross, distance, dot, scale, subtract } from "../grid";
import { unit } from "../oblique";
import type { MeasureType, Vec3 } from "../types";
import { ellipseOf, ellipsePath, middleOf } from "./shapes";

/** Steps of a spline from one set point to the next (see `closedSpline`). */
const SPLINE_STEPS = 12;
/** A kept spline whose curve differs by more from that through its own points was not drawn here. */
const SPLINE_MM = 0.01;
const ORIGIN: Vec3 = [0, 0, 0];

/** The plane that a figure is drawn in. */
export interface FigurePlane {
  readonly right: Vec3;
  readonly down: Vec3;
}

export interface Line {
  readonly points: readonly Vec3[];
  readonly closed?: boolean;
  /** Beside the figure itself: what belongs together. */
  readonly dashed?: boolean;
}

export interface Form {
  /** Points that a person sets; 0: as many as wanted. */
  readonly set: number;
  /** It has an area, and statistics of the values inside. */
  readonly region?: boolean;
  /** What is kept, out of the points that were set. */
  keep(set: readonly Vec3[], plane: FigurePlane): readonly Vec3[];
  /** Points that can be dragged. */
  handles(points: readonly Vec3[]): readonly Vec3[];
  /** The figure with one of its handles elsewhere. */
  drag(points: readonly Vec3[], handle: number, to: Vec3): readonly Vec3[];
  /** `normal`: of the image that it lies on. */
  lines(points: readonly Vec3[], normal: Vec3): readonly Line[];
}

const at = (points: readonly Vec3[], index: number): Vec3 => points[index] ?? ORIGIN;
const replaced = (points: readonly Vec3[], index: number, to: Vec3): readonly Vec3[] =>
  points.map((point, place) => (place === index ? to : point));
const along = (offset: Vec3, direction: Vec3): Vec3 => scale(direction, dot(offset, direction));

const simple = (set: number, lines: Form["lines"] = (points) => [{ points }]): Form => ({
  set,
  keep: (points) => points,
  handles: (points) => points,
  drag: replaced,
  lines,
});

const pairs = (points: readonly Vec3[]): readonly Line[] => [
  { points: points.slice(0, 2) },
  ...(points.length > 2 ? [{ points: points.slice(2, 4) }] : []),
];

/** The lines of a Cobb angle, and dashed how they belong together. */
function cobbLines(points: readonly Vec3[]): readonly Line[] {
  const [one, other] = [middleOf(points.slice(0, 2)), middleOf(points.slice(2, 4))];
  return points.length < 4 ? pairs(points) : [...pairs(points), { points: [one, other], dashed: true }];
}

/** The short axis stays perpendicular: an end of it moves the axis along the long one, and its own reach. */
function dragBidirectional(points: readonly Vec3[], handle: number, to: Vec3): readonly Vec3[] {
  const [a, b, c, d] = [at(points, 0), at(points, 1), at(points, 2), at(points, 3)];
  const length = distance(a, b);
  if (length === 0) {
    return replaced(points, handle, to);
  }
  const forward = unit(subtract(b, a));
  const aside = subtract(subtract(d, c), along(subtract(d, c), forward));
  const side = distance(aside, ORIGIN) > 0 ? unit(aside) : forward;
  const reach = (end: Vec3) => dot(subtract(end, a), side);
  if (handle >= 2) {
    const place = Math.min(length, Math.max(0, dot(subtract(to, a), forward)));
    const foot = add(a, scale(forward, place));
    const moved = add(foot, scale(side, reach(to)));
    const other = add(foot, scale(side, reach(handle === 2 ? d : c)));
    return handle === 2 ? [a, b, moved, other] : [a, b, other, moved];
  }
  const [from, end] = handle === 0 ? [to, b] : [a, to];
  const turned = subtract(end, from);
  if (distance(turned, ORIGIN) === 0) {
    return points;
  }
  const normal = cross(forward, side);
  const newSide = unit(cross(normal, unit(turned)));
  const share = dot(subtract(c, a), forward) / length;
  const foot = add(from, scale(turned, share));
  return [from, end, add(foot, scale(newSide, reach(c))), add(foot, scale(newSide, reach(d)))];
}

/** The short axis of two set points: half as long, across the middle. */
function keepBidirectional(set: readonly Vec3[], { right, down }: FigurePlane): readonly Vec3[] {
  const [a, b] = [at(set, 0), at(set, 1)];
  const side = scale(cross(cross(right, down), subtract(b, a)), 0.25);
  const middle = middleOf([a, b]);
  return [a, b, add(middle, side), subtract(middle, side)];
}

/** Two opposite corners as the sides of a box that stands upright on the screen. */
function box(set: readonly Vec3[], { right, down }: FigurePlane): { from: Vec3; across: Vec3; downwards: Vec3 } {
  const [from, to] = [at(set, 0), at(set, 1)];
  const offset = subtract(to, from);
  return { from, across: along(offset, right), downwards: along(offset, down) };
}

function keepRectangle(set: readonly Vec3[], plane: FigurePlane): readonly Vec3[] {
  const { from, across, downwards } = box(set, plane);
  return [from, add(from, across), add(add(from, across), downwards), add(from, downwards)];
}

/** The opposite corner stays, and so do the directions of the sides. */
function dragRectangle(points: readonly Vec3[], handle: number, to: Vec3): readonly Vec3[] {
  const opposite = at(points, (handle + 2) % 4);
  const [before, after] = [at(points, (handle + 3) % 4), at(points, (handle + 1) % 4)];
  const side = (neighbour: Vec3, other: Vec3) => {
    const own = subtract(neighbour, opposite);
    const size = distance(own, ORIGIN);
    if (size > 1e-9) {
      return scale(own, 1 / size);
    }
    const far = subtract(other, opposite); // a side that has shrunk to nothing: across the other one
    const rest = subtract(subtract(to, opposite), along(subtract(to, opposite), unit(far)));
    return distance(rest, ORIGIN) > 0 ? unit(rest) : ORIGIN;
  };
  if (distance(before, opposite) + distance(after, opposite) === 0) {
    return points;
  }
  const offset = subtract(to, opposite);
  const moved = [...points];
  moved[handle] = to;
  moved[(handle + 3) % 4] = add(opposite, along(offset, side(before, after)));
  moved[(handle + 1) % 4] = add(opposite, along(offset, side(after, before)));
  return moved;
}

function keepEllipse(set: readonly Vec3[], plane: FigurePlane): readonly Vec3[] {
  const { from, across, downwards } = box(set, plane);
  const centre = add(from, scale(add(across, downwards), 0.5));
  const [one, other] = [scale(across, 0.5), scale(downwards, 0.5)];
  return [subtract(centre, one), add(centre, one), subtract(centre, other), add(centre, other)];
}

/** The other end of the dragged axis stays; the axis across keeps its length and goes along. */
function dragEllipse(points: readonly Vec3[], handle: number, to: Vec3): readonly Vec3[] {
  const { one, other } = ellipseOf(points);
  const [held, across] = handle < 2 ? [one, other] : [other, one];
  const fixed = at(points, handle ^ 1);
  const axis = scale(subtract(to, fixed), 0.5);
  const size = distance(axis, ORIGIN);
  const normal = cross(held, across);
  if (size === 0 || distance(normal, ORIGIN) === 0) {
    return replaced(points, handle, to);
  }
  const centre = add(fixed, axis);
  const turned = scale(unit(cross(unit(normal), unit(axis))), distance(across, ORIGIN));
  const ends = [subtract(centre, turned), add(centre, turned)] as const;
  const kept = handle % 2 === 0 ? [to, fixed] : [fixed, to];
  return handle < 2 ? [...kept, ...ends] : [...ends, ...kept];
}

function circleLines(points: readonly Vec3[], normal: Vec3): readonly Line[] {
  const towards = subtract(at(points, 1), at(points, 0));
  const size = distance(towards, ORIGIN);
  const other = size > 0 ? scale(unit(cross(normal, towards)), size) : ORIGIN;
  return [{ points: ellipsePath(at(points, 0), towards, other), closed: true }];
}

/** A point of a drawn line takes its neighbours along, the less the farther away they are along the line. */
function pull(points: readonly Vec3[], handle: number, to: Vec3): readonly Vec3[] {
  const reach = Math.max(1, Math.round(points.length / 10));
  const by = subtract(to, at(points, handle));
  return points.map((point, place) => {
    const apart = Math.abs(place - handle);
    const near = Math.min(apart, points.length - apart) / reach;
    return near >= 1 ? point : add(point, scale(by, 0.5 + 0.5 * Math.cos(near * Math.PI)));
  });
}

/** The points that a spline was drawn through, or null where its curve was made by somebody else. */
export function splineAnchors(points: readonly Vec3[]): readonly Vec3[] | null {
  if (points.length % SPLINE_STEPS !== 0 || points.length < 3 * SPLINE_STEPS) {
    return null;
  }
  const anchors = points.filter((_, place) => place % SPLINE_STEPS === 0);
  const same = closedSpline(anchors).every((point, place) => distance(point, at(points, place)) <= SPLINE_MM);
  return same ? anchors : null;
}

const closedLine = (points: readonly Vec3[]): readonly Line[] => [{ points, closed: true }];
const region = { set: 2, region: true } as const;

export const FORMS: Readonly<Record<MeasureType, Form>> = {
  length: simple(2),
  bidirectional: { ...simple(2, pairs), keep: keepBidirectional, drag: dragBidirectional },
  angle: simple(3),
  cobb: simple(4, cobbLines),
  ellipse: {
    ...region,
    keep: keepEllipse,
    handles: (points) => points,
    drag: dragEllipse,
    lines: (points) => {
      const { centre, one, other } = ellipseOf(points);
      return closedLine(ellipsePath(centre, one, other));
    },
  },
  rectangle: {
    ...region,
    keep: keepRectangle,
    handles: (points) => points,
    drag: dragRectangle,
    lines: closedLine,
  },
  circle: {
    ...region,
    keep: (points) => points,
    handles: (points) => points,
    drag: (points, handle, to) =>
      handle === 0 ? [to, add(at(points, 1), subtract(to, at(points, 0)))] : [at(points, 0), to],
    lines: circleLines,
  },
  freehand: {
    set: 0,
    region: true,
    keep: (points) => points,
    handles: (points) => points,
    drag: pull,
    lines: closedLine,
  },
  spline: {
    set: 0,
    region: true,
    keep: (points) => closedSpline(points),
    handles: (points) => splineAnchors(points) ?? points,
    drag: (points, handle, to) => {
      const anchors = splineAnchors(points);
      return anchors ? closedSpline(replaced(anchors, handle, to)) : pull(points, handle, to);
    },
    lines: closedLine,
  },
  probe: simple(1),
  arrow: simple(2),
  height: simple(2),
  ratio: simple(4, pairs),
};

export const MEASURE_TYPES = Object.keys(FORMS) as MeasureType[];
export const isMeasureType = (name: string): name is MeasureType => name in FORMS;
/** Lines that were drawn point by point: so many handles that they are not shown. */
export const drawnFreely = (type: MeasureType, points: readonly Vec3[]): boolean =>
  type === "freehand" || (type === "spline" && splineAnchors(points) === null);
