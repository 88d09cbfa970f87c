/** Shapes made from shapes: margins, shells, smoothing, and slices between slices. All on masks of 0 and 1. */

import type { Axis, Vec3 } from "../types";
import { FAR, squaredDistances } from "./distance";
import { voxelsIn, type Progress } from "./types";

/** Distances that are equal but for rounding count as equal. */
const SLACK = 1e-5;

const inverse = (mask: Uint8Array): Uint8Array => mask.map((value) => (value === 0 ? 1 : 0));

/**
 * Everything within `mm` of the mask's voxel centres; below zero, what is farther than that from every voxel outside.
 *
 * The edge of the box counts as neither inside nor outside.
 */
export function margin(mask: Uint8Array, size: Vec3, spacing: Vec3, mm: number, progress?: Progress): Uint8Array {
  const limit = mm * mm * (1 + SLACK);
  if (mm >= 0) {
    return Uint8Array.from(squaredDistances(mask, size, spacing, null, progress), (d) => (d <= limit ? 1 : 0));
  }
  const outside = squaredDistances(inverse(mask), size, spacing, null, progress);
  return mask.map((value, at) => (value !== 0 && (outside[at] ?? 0) > limit ? 1 : 0));
}

/** A shell: the outer `mm` of the mask, or the `mm` around it. */
export function hollow(
  mask: Uint8Array,
  size: Vec3,
  spacing: Vec3,
  mm: number,
  shell: "inside" | "outside",
  progress?: Progress,
): Uint8Array {
  const other =
    shell === "inside" ? margin(mask, size, spacing, -mm, progress) : margin(mask, size, spacing, mm, progress);
  return other.map((value, at) => ((value !== 0) !== (mask[at] !== 0) ? 1 : 0));
}

export const opening = (mask: Uint8Array, size: Vec3, spacing: Vec3, mm: number, progress?: Progress): Uint8Array =>
  margin(margin(mask, size, spacing, -mm, progress), size, spacing, mm, progress);

/** The box must reach `mm` beyond the mask, or its edge holds the shape. */
export const closing = (mask: Uint8Array, size: Vec3, spacing: Vec3, mm: number, progress?: Progress): Uint8Array =>
  margin(margin(mask, size, spacing, mm, progress), size, spacing, -mm, progress);

/** Voxels on each side of a kernel that is `mm` wide. */
export const reachOf = (mm: number, spacing: number): number => Math.max(0, Math.round((mm / spacing - 1) / 2));

/** Median of a box `mm` wide: what most of its voxels are. Outside the box is empty. */
export function median(mask: Uint8Array, size: Vec3, spacing: Vec3, mm: number, progress?: Progress): Uint8Array {
  let sums: Float32Array = Float32Array.from(mask);
  let count = 1;
  for (const axis of [0, 1, 2] as const) {
    const reach = reachOf(mm, spacing[axis]);
    sums = filtered(sums, size, axis, new Float64Array(2 * reach + 1).fill(1));
    count *= 2 * reach + 1;
    progress?.((axis + 1) / 3);
  }
  return Uint8Array.from(sums, (sum) => (sum > count / 2 ? 1 : 0));
}

/** Gaussian blur of standard deviation `mm`, cut at one half. Kernels reach four standard deviations, as SciPy's do. */
export function gaussian(mask: Uint8Array, size: Vec3, spacing: Vec3, mm: number, progress?: Progress): Uint8Array {
  let values: Float32Array = Float32Array.from(mask);
  for (const axis of [0, 1, 2] as const) {
    const sigma = mm / spacing[axis];
    const reach = Math.floor(4 * sigma + 0.5);
    const kernel = Float64Array.from({ length: 2 * reach + 1 }, (_, at) =>
      Math.exp(-((at - reach) ** 2) / (2 * sigma ** 2)),
    );
    const total = kernel.reduce((sum, weight) => sum + weight, 0);
    values = filtered(
      values,
      size,
      axis,
      kernel.map((weight) => weight / total),
    );
    progress?.((axis + 1) / 3);
  }
  return Uint8Array.from(values, (value) => (value >= 0.5 ? 1 : 0));
}

/** One axis of a separable filter with a symmetric kernel; outside counts as 0. */
function filtered(values: Float32Array, size: Vec3, axis: Axis, kernel: Float64Array): Float32Array {
  const reach = (kernel.length - 1) / 2;
  if (reach === 0) {
    return values;
  }
  const result = new Float32Array(values.length);
  const step = axis === 0 ? 1 : axis === 1 ? size[0] : size[0] * size[1];
  const count = size[axis];
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] ?? 0;
    if (value === 0) {
      continue; // masks are mostly empty
    }
    const position = Math.floor(at / step) % count;
    const first = Math.max(-reach, -position);
    const last = Math.min(reach, count - 1 - position);
    for (let offset = first; offset <= last; offset += 1) {
      const there = at + offset * step;
      result[there] = (result[there] ?? 0) + value * (kernel[offset + reach] ?? 0);
    }
  }
  return result;
}

/**
 * Fill the gaps between slices of a mask along an axis, by shape: signed distances of the slices on either side, blended
 * (Raya and Udupa, IEEE TMI 9, 1990), after both were moved to where the centre of the shape lies in between.
 */
export function interpolate(mask: Uint8Array, size: Vec3, spacing: Vec3, axis: Axis, progress?: Progress): Uint8Array {
  const across: Axis = axis === 0 ? 1 : 0;
  const down: Axis = axis === 2 ? 1 : 2;
  const shape: Shape = { size: [size[across], size[down], 1], spacing: [spacing[across], spacing[down], 1] };
  const strides: Vec3 = [1, size[0], size[0] * size[1]];
  const [right, below, next] = [strides[across], strides[down], strides[axis]];
  const result = mask.slice();
  let before: (Section & { position: number }) | null = null;
  for (let position = 0; position < size[axis]; position += 1) {
    const layer = new Uint8Array(voxelsIn(shape.size));
    for (let v = 0; v < shape.size[1]; v += 1) {
      for (let u = 0; u < shape.size[0]; u += 1) {
        layer[v * shape.size[0] + u] = mask[u * right + v * below + position * next] ?? 0;
      }
    }
    if (!layer.includes(1)) {
      continue;
    }
    const here = { position, distances: signedDistances(layer, shape), centre: centreOf(layer, shape) };
    const from = before ?? here;
    for (let between = from.position + 1; between < position; between += 1) {
      const share = (between - from.position) / (position - from.position);
      blend(from, here, share, shape, (u, v) => {
        result[u * right + v * below + between * next] = 1;
      });
    }
    before = here;
    progress?.((position + 1) / size[axis]);
  }
  return result;
}

interface Shape {
  readonly size: Vec3;
  readonly spacing: Vec3;
}

interface Section {
  readonly distances: Float32Array;
  readonly centre: readonly [number, number];
}

/** Signed distance in mm to the edge of a layer, below zero inside. */
function signedDistances(layer: Uint8Array, { size, spacing }: Shape): Float32Array {
  const outside = squaredDistances(layer, size, spacing);
  const inside = squaredDistances(inverse(layer), size, spacing);
  return outside.map((value, at) => (value > 0 ? Math.sqrt(value) : -Math.sqrt(Math.min(FAR, inside[at] ?? 0))));
}

function centreOf(layer: Uint8Array, { size }: Shape): readonly [number, number] {
  let [sumU, sumV, count] = [0, 0, 0];
  layer.forEach((value, at) => {
    if (value !== 0) {
      sumU += at % size[0];
      sumV += Math.floor(at / size[0]);
      count += 1;
    }
  });
  return [sumU / count, sumV / count];
}

function blend(
  first: Section,
  second: Section,
  share: number,
  { size }: Shape,
  visit: (u: number, v: number) => void,
): void {
  const shift = [second.centre[0] - first.centre[0], second.centre[1] - first.centre[1]] as const;
  for (let v = 0; v < size[1]; v += 1) {
    for (let u = 0; u < size[0]; u += 1) {
      const one = sampled(first.distances, size, u - share * shift[0], v - share * shift[1]);
      const two = sampled(second.distances, size, u + (1 - share) * shift[0], v + (1 - share) * shift[1]);
      if ((1 - share) * one + share * two < 0) {
        visit(u, v);
      }
    }
  }
}

/** Bilinear value at fractions of a voxel; beyond the edge that of the edge. */
function sampled(values: Float32Array, size: Vec3, u: number, v: number): number {
  const [x, y] = [Math.min(size[0] - 1, Math.max(0, u)), Math.min(size[1] - 1, Math.max(0, v))];
  const [left, top] = [
    Math.min(Math.floor(x), Math.max(0, size[0] - 2)),
    Math.min(Math.floor(y), Math.max(0, size[1] - 2)),
  ];
  const at = (column: number, row: number) =>
    values[Math.min(size[1] - 1, row) * size[0] + Math.min(size[0] - 1, column)] ?? FAR;
  const [dx, dy] = [x - left, y - top];
  const upper = at(left, top) * (1 - dx) + at(left + 1, top) * dx;
  const lower = at(left, top + 1) * (1 - dx) + at(left + 1, top + 1) * dx;
  return upper * (1 - dy) + lower * dy;
}
