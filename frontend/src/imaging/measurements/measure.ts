/** From the points of a figure to its value, unit and statistics. */

import { sliceValues } from "../edits/values";
import { distance, dot, subtract, worldToIndex } from "../grid";
import type { Images } from "../source";
import type { Axis, Figure, MeasureType, Measurement, Vec3 } from "../types";
import { valueAt } from "../underPointer";
import { FORMS } from "./forms";
import { frameGrid, gridFor } from "./places";
import { scaleOf, type PixelScale } from "./scaling";
import { angleAt, cobbAngle, ellipseOf, ellipsePerimeter, polygonArea, polygonPerimeter } from "./shapes";
import { peakOf, planeAxes, statisticsOf, voxelsInside, type Region, type Spot, type Values } from "./statistics";

export type Measured = Pick<Measurement, "value" | "unit" | "values" | "scale">;

/** How a figure is looked at while it is drawn. */
export interface Outlook {
  /** The direction that a height is measured along: LPS in a volume, (x, y) of the pixels in a frame. */
  readonly up: Vec3;
  /** Leave out what takes long: the figure is being dragged. */
  readonly brief: boolean;
}

/** How far from a layer's middle, in voxels, points of a figure in that layer may lie. */
const FLAT = 0.01;
const ZERO: Vec3 = [0, 0, 0];
/** Nine figures: more than any image holds, and free of the noise behind them. */
const kept = (value: number): number => Number(value.toPrecision(9));

interface Ruler {
  readonly points: readonly Vec3[];
  readonly scale: PixelScale;
}

/** The points in the unit of lengths: as they lie in the patient, or in a frame by what its header vouches for. */
function rulerFor(images: Images, slice: number, points: readonly Vec3[]): Ruler {
  if (images.grid) {
    return { points, scale: { kind: "patient", step: [1, 1] } };
  }
  const grid = frameGrid(images, slice);
  const pixels = points.map((point): Spot => {
    const [i, j] = worldToIndex(grid, point);
    return [i, j];
  });
  const scale = scaleOf(images.header(slice), images.shapes[slice]?.key.frame ?? 1, pixels);
  return { points: pixels.map(([i, j]) => [i * scale.step[0], j * scale.step[1], 0]), scale };
}

/** Measure a figure that lies on a frame. */
export function measured(
  images: Images,
  slice: number,
  type: MeasureType,
  points: readonly Vec3[],
  outlook: Outlook,
): Measured {
  const { points: flat, scale } = rulerFor(images, slice, points);
  const length = scale.kind === "pixel" ? "px" : "mm";
  const at = (index: number): Vec3 => flat[index] ?? ZERO;
  const size = (from: number, to: number) => kept(distance(at(from), at(to)));
  const result = (value: number, unit: string, values: Record<string, Figure> = {}): Measured => ({
    value: kept(value),
    unit,
    values,
    scale: scale.kind,
  });
  switch (type) {
    case "length":
    case "arrow":
      return result(size(0, 1), length);
    case "height":
      return result(Math.abs(dot(subtract(at(1), at(0)), outlook.up)), length);
    case "bidirectional":
      return result(size(0, 1), length, { short: { value: size(2, 3), unit: length } });
    case "angle":
      return result(angleAt(at(0), at(1), at(2)), "deg");
    case "cobb":
      return result(cobbAngle(at(0), at(1), at(2), at(3)), "deg");
    case "ratio": {
      const [first, second] = [size(0, 1), size(2, 3)];
      const lengths = { first: { value: first, unit: length }, second: { value: second, unit: length } };
      return result(second > 0 ? first / second : 0, "", lengths);
    }
    case "probe":
      return { ...probed(images, slice, points[0] ?? ZERO), scale: scale.kind };
    default:
      return region(images, slice, type, points, flat, length, result, outlook.brief);
  }
}

function probed(images: Images, slice: number, point: Vec3): Omit<Measured, "scale"> {
  const [i, j, k] = worldToIndex(gridFor(images, slice), point).map(Math.round) as [number, number, number];
  const found = valueAt(images, [i, j, images.grid ? k : slice]);
  if (typeof found === "number") {
    return { value: kept(found), unit: images.unit, values: {} };
  }
  const [red = null, green = null, blue = null] = found ?? [];
  const values: Record<string, Figure> = found
    ? { red: { value: red, unit: "" }, green: { value: green, unit: "" }, blue: { value: blue, unit: "" } }
    : {};
  // One figure for a colour: its brightness (ITU-R BT.601).
  return { value: kept(0.299 * (red ?? 0) + 0.587 * (green ?? 0) + 0.114 * (blue ?? 0)), unit: "", values };
}

function region(
  images: Images,
  slice: number,
  type: MeasureType,
  points: readonly Vec3[],
  flat: readonly Vec3[],
  length: string,
  result: (value: number, unit: string, values: Record<string, Figure>) => Measured,
  brief: boolean,
): Measured {
  const [area, perimeter] = extent(type, flat);
  const values: Record<string, Figure> = { perimeter: { value: kept(perimeter), unit: length } };
  const place = layerOf(images, slice, points);
  const inside = place && regionIn(images, slice, type, points, place);
  const source = valuesOf(images);
  const voxels = inside ? voxelsInside(source.size, place.axis, place.layer, inside) : [];
  const found = statisticsOf(source, voxels);
  if (found) {
    const { unit } = images;
    for (const name of ["mean", "sd", "min", "max"] as const) {
      values[name] = { value: kept(found[name]), unit };
    }
    if (unit.startsWith("SUV")) {
      values["SUVmax"] = { value: kept(found.max), unit };
      const peak = images.grid && !brief ? peakOf(source, voxels) : null;
      if (peak !== null) {
        values["SUVpeak"] = { value: kept(peak), unit };
      }
    }
  }
  return result(area, `${length}2`, values);
}

/** Area and perimeter. */
function extent(type: MeasureType, flat: readonly Vec3[]): readonly [number, number] {
  if (type === "circle") {
    const radius = distance(flat[0] ?? ZERO, flat[1] ?? ZERO);
    return [Math.PI * radius ** 2, 2 * Math.PI * radius];
  }
  if (type === "ellipse") {
    const { one, other } = ellipseOf(flat);
    const [a, b] = [distance(one, ZERO), distance(other, ZERO)];
    return [Math.PI * a * b, ellipsePerimeter(a, b)];
  }
  return [polygonArea(flat), polygonPerimeter(flat)];
}

interface Layer {
  readonly axis: Axis;
  readonly layer: number;
}

/** The layer of the grid that a figure lies in; null for one that lies across layers. */
function layerOf(images: Images, slice: number, points: readonly Vec3[]): Layer | null {
  const { grid } = images;
  if (!grid) {
    return { axis: 2, layer: slice };
  }
  const indices = points.map((point) => worldToIndex(grid, point));
  for (const axis of [2, 1, 0] as const) {
    const layer = Math.round(indices[0]?.[axis] ?? 0);
    if (indices.every((index) => Math.abs(index[axis] - layer) <= FLAT)) {
      return { axis, layer };
    }
  }
  return null;
}

/** A figure in the pixels of its layer. */
function regionIn(
  images: Images,
  slice: number,
  type: MeasureType,
  points: readonly Vec3[],
  { axis }: Layer,
): Region | null {
  const grid = gridFor(images, slice);
  const [across, down] = planeAxes(axis);
  const spot = (point: Vec3): Spot => {
    const index = worldToIndex(grid, point);
    return [index[across], index[down]];
  };
  const half = (from: Spot, to: Spot): Spot => [(to[0] - from[0]) / 2, (to[1] - from[1]) / 2];
  const corners = points.map(spot);
  const [a = [0, 0], b = [0, 0], c = [0, 0], d = [0, 0]] = corners as Spot[];
  if (type === "ellipse") {
    const centre: Spot = [(a[0] + b[0] + c[0] + d[0]) / 4, (a[1] + b[1] + c[1] + d[1]) / 4];
    return { kind: "ellipse", centre, one: half(a, b), other: half(c, d) };
  }
  if (type === "circle") {
    const radius = distance(points[0] ?? ZERO, points[1] ?? ZERO);
    return axis === 2
      ? { kind: "ellipse", centre: a, one: [radius / grid.spacing[0], 0], other: [0, radius / grid.spacing[1]] }
      : null;
  }
  return FORMS[type].region ? { kind: "polygon", corners } : null;
}

function valuesOf(images: Images): Values {
  const [shape] = images.shapes;
  return {
    size: images.grid?.size ?? [shape?.columns ?? 0, shape?.rows ?? 0, images.shapes.length],
    spacing: images.grid?.spacing ?? [1, 1, 1],
    slice: (k) => sliceValues(images, k),
  };
}
