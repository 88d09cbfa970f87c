/** Slow and obvious references, and shapes to try edits on. Tests alone use them. */

import type { Axis, Vec3 } from "../types";
import { offsetIn, voxelsIn, type Pixels } from "./types";

/** Repeatable noise in [0, 1). */
export function noise(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export const randomMask = (size: Vec3, share: number, seed: number): Uint8Array => {
  const next = noise(seed);
  return Uint8Array.from({ length: voxelsIn(size) }, () => (next() < share ? 1 : 0));
};

export function eachVoxel(size: Vec3, visit: (index: Vec3, at: number) => void): void {
  for (let k = 0; k < size[2]; k += 1) {
    for (let j = 0; j < size[1]; j += 1) {
      for (let i = 0; i < size[0]; i += 1) {
        visit([i, j, k], offsetIn(size, [i, j, k]));
      }
    }
  }
}

/** Mask from a test of each voxel. */
export function maskOf(size: Vec3, inside: (index: Vec3) => boolean): Uint8Array {
  const mask = new Uint8Array(voxelsIn(size));
  eachVoxel(size, (index, at) => {
    mask[at] = inside(index) ? 1 : 0;
  });
  return mask;
}

/** Every voxel against every voxel of the mask. */
export function slowSquaredDistances(mask: Uint8Array, size: Vec3, spacing: Vec3, flat: Axis | null): number[] {
  const features: Vec3[] = [];
  eachVoxel(size, (index, at) => mask[at] === 1 && features.push(index));
  const result: number[] = [];
  eachVoxel(size, (index) => {
    let best = Infinity;
    for (const feature of features) {
      if (flat === null || feature[flat] === index[flat]) {
        let sum = 0;
        for (const axis of [0, 1, 2] as const) {
          sum += ((feature[axis] - index[axis]) * spacing[axis]) ** 2;
        }
        best = Math.min(best, sum);
      }
    }
    result.push(best);
  });
  return result;
}

/** Labels of face-connected parts, by spreading the smallest index until nothing changes. */
export function slowComponents(mask: Uint8Array, size: Vec3): Int32Array {
  const label = Int32Array.from(mask, (value, at) => (value === 1 ? at + 1 : 0));
  const strides = [1, size[0], size[0] * size[1]] as const;
  for (let changing = true; changing;) {
    changing = false;
    eachVoxel(size, (index, at) => {
      for (const axis of [0, 1, 2] as const) {
        for (const sign of [-1, 1]) {
          const there = index[axis] + sign;
          const other = at + sign * strides[axis];
          if (label[at] !== 0 && there >= 0 && there < size[axis] && label[other] !== 0) {
            if ((label[other] ?? 0) < (label[at] ?? 0)) {
              label[at] = label[other] ?? 0;
              changing = true;
            }
          }
        }
      }
    });
  }
  return label;
}

/** Even-odd rule for one point, edge by edge. */
export function slowInside(polygon: Float64Array, a: number, b: number): boolean {
  let inside = false;
  const count = polygon.length / 2;
  for (let at = 0, previous = count - 1; at < count; previous = at, at += 1) {
    const [x0, y0] = [polygon[2 * previous] ?? 0, polygon[2 * previous + 1] ?? 0];
    const [x1, y1] = [polygon[2 * at] ?? 0, polygon[2 * at + 1] ?? 0];
    if (y0 <= b !== y1 <= b && a < x0 + ((b - y0) / (y1 - y0)) * (x1 - x0)) {
      inside = !inside;
    }
  }
  return inside;
}

/** Shortest ways by looking at every edge again and again (Bellman and Ford). */
export function slowWays(image: Pixels, seeds: Uint8Array, size: Vec3, spacing: Vec3, perUnit: number): number[] {
  const way = Array.from(seeds, (value) => (value === 0 ? Infinity : 0));
  const strides = [1, size[0], size[0] * size[1]] as const;
  for (let changing = true; changing;) {
    changing = false;
    eachVoxel(size, (index, at) => {
      for (const axis of [0, 1, 2] as const) {
        for (const sign of [-1, 1]) {
          const there = index[axis] + sign;
          const other = at + sign * strides[axis];
          if (there >= 0 && there < size[axis]) {
            const cost = spacing[axis] + Math.min(30, Math.abs((image[at] ?? 0) - (image[other] ?? 0)) * perUnit);
            if ((way[other] ?? 0) + cost < (way[at] ?? 0) - 1e-3) {
              way[at] = (way[other] ?? 0) + cost;
              changing = true;
            }
          }
        }
      }
    });
  }
  return way;
}
