/** Masks drawn over a pane: a translucent fill of whole voxels and a crisp outline at their edges. */

export interface PlaneLabels {
  readonly width: number;
  readonly height: number;
  readonly labels: Uint8Array;
}

/** Voxels of a plane: [left, top, right, bottom], the last ones included. */
export type Bounds = readonly [left: number, top: number, right: number, bottom: number];

/**
 * Outline of each label in voxel-corner coordinates, as [x0, y0, x1, y1] segments joined where they are straight.
 *
 * A tile leaves the borders at its right and at its bottom to the tiles there.
 */
export function outlines(plane: PlaneLabels, bounds: Bounds = boundsOf(plane), tile = false): Map<number, number[]> {
  const { width, height, labels } = plane;
  const [left, top, right, bottom] = bounds;
  const lastRow = tile && bottom + 1 < height ? bottom : bottom + 1;
  const lastColumn = tile && right + 1 < width ? right : right + 1;
  const result = new Map<number, number[]>();
  const of = (value: number): number[] => {
    const segments = result.get(value) ?? [];
    result.set(value, segments);
    return segments;
  };
  const row = (y: number) => (y < 0 || y >= height ? -1 : y * width + left);
  for (let y = top; y <= lastRow; y += 1) {
    edges(labels, row(y), row(y - 1), 1, right - left + 1, (value, from, to) =>
      of(value).push(left + from, y, left + to, y),
    );
  }
  const column = (x: number) => (x < 0 || x >= width ? -1 : top * width + x);
  for (let x = left; x <= lastColumn; x += 1) {
    edges(labels, column(x), column(x - 1), width, bottom - top + 1, (value, from, to) =>
      of(value).push(x, top + from, x, top + to),
    );
  }
  return result;
}

/**
 * Walk along one grid line of `count` steps, between two lines of voxels, and report straight pieces of border, once for
 * the label on either side. `near` and `far` are where those lines begin in `labels`, -1 outside of the plane.
 */
function edges(
  labels: Uint8Array,
  near: number,
  far: number,
  step: number,
  count: number,
  report: (value: number, from: number, to: number) => void,
): void {
  let [nearValue, nearStart, farValue, farStart] = [0, 0, 0, 0];
  for (let at = 0; at <= count; at += 1) {
    const one = at < count && near >= 0 ? (labels[near + at * step] ?? 0) : 0;
    const other = at < count && far >= 0 ? (labels[far + at * step] ?? 0) : 0;
    const here = one === other ? 0 : one;
    const there = one === other ? 0 : other;
    if (here !== nearValue) {
      if (nearValue !== 0) {
        report(nearValue, nearStart, at);
      }
      [nearValue, nearStart] = [here, at];
    }
    if (there !== farValue) {
      if (farValue !== 0) {
        report(farValue, farStart, at);
      }
      [farValue, farStart] = [there, at];
    }
  }
}

/** Box around all labels as [left, top, right, bottom]; empty planes give right < left. */
export function boundsOf({ width, height, labels }: PlaneLabels): Bounds {
  let [left, top, right, bottom] = [width, -1, -1, -1];
  for (let y = 0; y < height; y += 1) {
    const start = y * width;
    let first = 0;
    while (first < width && labels[start + first] === 0) {
      first += 1;
    }
    if (first === width) {
      continue;
    }
    let last = width - 1;
    while (last > right && labels[start + last] === 0) {
      last -= 1;
    }
    left = Math.min(left, first);
    right = Math.max(right, last);
    top = top < 0 ? y : top;
    bottom = y;
  }
  return right < 0 ? [0, 0, -2, -2] : [left, top, right, bottom];
}

/** #rrggbb to its three bytes. */
export function bytesOf(colour: string): readonly [number, number, number] {
  const value = Number.parseInt(colour.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}
