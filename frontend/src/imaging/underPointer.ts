/** What lies under the pointer: the stored value of the very voxel, with its unit and label. */

import { cache } from "@cornerstonejs/core";

import { storedColour } from "./deepColours";
import { add, contains, scale, worldToIndex } from "./grid";
import type { LabelLayers } from "./labelLayers";
import type { Slab } from "./layouts";
import { stepAlong } from "./oblique";
import type { Pane } from "./pane";
import type { Images } from "./source";
import type { Hover, Vec3 } from "./types";

type Point = readonly [number, number];

const rounded = (index: Vec3): Vec3 => [Math.round(index[0]), Math.round(index[1]), Math.round(index[2])];

/** The value of one voxel; red, green, blue for colour; null while it is not loaded. */
export function valueAt(images: Images, index: Vec3): number | readonly number[] | null {
  const image = cache.getImage(images.imageIds[index[2]] ?? "");
  const deep = storedColour(image, index[0], index[1]);
  if (deep) {
    return deep;
  }
  const value: unknown = image?.voxelManager?.getAtIJK(index[0], index[1], 0);
  if (typeof value === "number") {
    return value;
  }
  return value && typeof value === "object" ? [...(value as ArrayLike<number> & Iterable<number>)].slice(0, 3) : null;
}

/** The value of the voxel in which a point (LPS mm) lies; null outside. */
export function valueAtPoint(images: Images, point: Vec3): number | null {
  const { grid } = images;
  const index = grid && rounded(worldToIndex(grid, point));
  const value = grid && index && contains(grid, index) ? valueAt(images, index) : null;
  return typeof value === "number" ? value : null;
}

/** What a slab shows at a point: the largest, smallest or mean of the voxels along its thickness. */
export function projected(values: readonly number[], mode: Slab["mode"]): number | null {
  if (values.length === 0) {
    return null;
  }
  const sum = values.reduce((total, value) => total + value, 0);
  return { max: Math.max(...values), min: Math.min(...values), average: sum / values.length }[mode];
}

function slabValue(pane: Pane, images: Images, point: Vec3): number | null {
  const { grid } = images;
  const normal = pane.planeView?.normal;
  if (!grid || !normal) {
    return null;
  }
  const { mm, mode } = pane.slab;
  const step = stepAlong(grid, normal);
  const half = Math.floor(mm / 2 / step);
  const values: number[] = [];
  for (let at = -half; at <= half; at += 1) {
    const value = valueAtPoint(images, add(point, scale(normal, at * step)));
    if (value !== null) {
      values.push(value);
    }
  }
  return projected(values, mode);
}

/** Read a point of a pane; null outside its image. Labels are those of the images that are marked. */
export function readAt(
  pane: Pane,
  point: Point,
  marked: { readonly images: Images | null; readonly labels: LabelLayers | null },
): Hover | null {
  const { images } = pane;
  const grid = pane.planeGrid();
  const exact = pane.indexAt(point);
  if (!grid || !exact || !images) {
    return null;
  }
  const index = rounded(images.grid ? exact : [exact[0], exact[1], pane.gridIndex]);
  if (!contains(grid, images.grid ? index : [index[0], index[1], 0])) {
    return null;
  }
  const world = pane.toWorld(point);
  const found = pane.slab.mm > 0 ? slabValue(pane, images, world) : valueAt(images, index);
  const second = pane.over && valueAtPoint(pane.over, world);
  return {
    pane: pane.name,
    value: typeof found === "number" ? found : null,
    rgb: found !== null && typeof found === "object" ? found : null,
    over: pane.over && second !== null ? { value: second, unit: pane.over.unit } : null,
    unit: images.unit,
    index,
    label: images === marked.images ? (marked.labels?.at(index) ?? 0) : 0,
  };
}
