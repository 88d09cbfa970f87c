/** Exact Euclidean distances on a grid with unequal spacing. */

import type { Axis, Vec3 } from "../types";
import { voxelsIn, type Progress } from "./types";

/** Larger than any squared distance in a patient; a power of two, so that float32 holds it exactly. */
export const FAR = 2 ** 40;

/**
 * Squared distance in mm² from each voxel's centre to the nearest voxel where `mask` is not 0; FAR where there is none.
 *
 * Lower envelope of parabolas along one axis after the other (Felzenszwalb and Huttenlocher, Theory of Computing 8,
 * 2012). `flat` leaves an axis out: each layer along it is then alone. float32: one part in 10⁷.
 */
export function squaredDistances(
  mask: Uint8Array,
  size: Vec3,
  spacing: Vec3,
  flat: Axis | null = null,
  progress: Progress = () => undefined,
): Float32Array {
  const result = new Float32Array(voxelsIn(size));
  for (let at = 0; at < result.length; at += 1) {
    result[at] = mask[at] === 0 ? FAR : 0;
  }
  const axes = ([0, 1, 2] as const).filter((axis) => axis !== flat && size[axis] > 1);
  axes.forEach((axis, turn) => {
    alongAxis(result, size, axis, spacing[axis]);
    progress((turn + 1) / axes.length);
  });
  return result;
}

function alongAxis(values: Float32Array, size: Vec3, axis: Axis, spacing: number): void {
  const count = size[axis];
  const step = axis === 0 ? 1 : axis === 1 ? size[0] : size[0] * size[1];
  const envelope = new Envelope(count, spacing);
  const lines = values.length / count;
  for (let line = 0; line < lines; line += 1) {
    const start = axis === 0 ? line * count : axis === 1 ? lineAlongJ(line, size) : line;
    envelope.lay(values, start, step);
  }
}

const lineAlongJ = (line: number, size: Vec3): number =>
  Math.floor(line / size[0]) * size[0] * size[1] + (line % size[0]);

/** The lower envelope of the parabolas of one line, with its memory kept for the next. */
class Envelope {
  private readonly count: number;
  private readonly spacing: number;
  private readonly heights: Float64Array;
  private readonly roots: Int32Array;
  private readonly borders: Float64Array;

  constructor(count: number, spacing: number) {
    this.count = count;
    this.spacing = spacing;
    this.heights = new Float64Array(count);
    this.roots = new Int32Array(count);
    this.borders = new Float64Array(count + 1);
  }

  lay(values: Float32Array, start: number, step: number): void {
    const { count, heights, roots, borders } = this;
    const square = this.spacing * this.spacing;
    let some = false;
    for (let q = 0; q < count; q += 1) {
      const height = values[start + q * step] ?? FAR;
      heights[q] = height;
      some ||= height < FAR;
    }
    if (!some) {
      return;
    }
    let last = -1;
    for (let q = 0; q < count; q += 1) {
      const height = heights[q] ?? FAR;
      if (height >= FAR) {
        continue;
      }
      let border = -Infinity;
      while (last >= 0) {
        const root = roots[last] ?? 0;
        border = (height - (heights[root] ?? 0)) / (2 * square * (q - root)) + (q + root) / 2;
        if (border > (borders[last] ?? 0)) {
          break;
        }
        last -= 1;
        border = -Infinity;
      }
      last += 1;
      roots[last] = q;
      borders[last] = border;
    }
    borders[last + 1] = Infinity;
    let part = 0;
    for (let q = 0; q < count; q += 1) {
      while ((borders[part + 1] ?? Infinity) < q) {
        part += 1;
      }
      const root = roots[part] ?? 0;
      values[start + q * step] = square * (q - root) ** 2 + (heights[root] ?? 0);
    }
  }
}
