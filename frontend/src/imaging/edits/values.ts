/** Grey values of whole slices, as shown (HU, SUV …), from the images that are loaded. */

import { cache } from "@cornerstonejs/core";

import type { Images } from "../source";
import type { Pixels } from "./types";

/** Null for colour, and while the image is not loaded. Not a copy. */
export function sliceValues(images: Images, slice: number): Pixels | null {
  const manager = cache.getImage(images.imageIds[slice] ?? "")?.voxelManager;
  const values = manager?.numberOfComponents === 1 ? manager.getScalarData() : null;
  const shape = images.shapes[slice];
  return values && shape && values.length === shape.rows * shape.columns ? (values as Pixels) : null;
}
