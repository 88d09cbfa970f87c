/** One plane of the images, in the pixel order of `LabelGrid.plane`. */

import type { PlaneImage } from "../edits/livewire";
import type { Pixels } from "../edits/types";
import type { Grid } from "../grid";
import type { SliceShape } from "../labelGrid";
import type { Axis } from "../types";

/** Null where an image is missing or has no grey values. */
export function planeImage(
  shapes: readonly SliceShape[],
  values: (slice: number) => Pixels | null,
  grid: Grid,
  axis: Axis,
  index: number,
): PlaneImage | null {
  const { spacing } = grid;
  const { columns = 0, rows = 0 } = shapes[axis === 2 ? index : 0] ?? {};
  if (axis === 2) {
    const image = values(index);
    return image && { width: columns, height: rows, values: image, pitch: [spacing[0], spacing[1]] };
  }
  const width = axis === 1 ? columns : rows;
  const result = new Float32Array(width * shapes.length);
  for (let k = 0; k < shapes.length; k += 1) {
    const image = values(k);
    if (!image) {
      return null;
    }
    for (let u = 0; u < width; u += 1) {
      result[k * width + u] = image[axis === 1 ? index * columns + u : u * columns + index] ?? 0;
    }
  }
  return { width, height: shapes.length, values: result, pitch: [spacing[axis === 1 ? 0 : 1], spacing[2]] };
}
