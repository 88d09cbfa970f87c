/** Where figures lie: points in the patient, pixels of a frame, and places on a pane. */

import { metaData } from "@cornerstonejs/core";

import { cross, dot, indexToWorld, scale, subtract, worldToIndex, type Grid } from "../grid";
import { stepAlong } from "../oblique";
import type { Pane } from "../pane";
import type { Images } from "../source";
import type { FrameKey, Vec3 } from "../types";
import type { Line } from "./forms";
import { drawnStep } from "./scaling";
import { middleOf } from "./shapes";

interface PlaneModule {
  readonly imagePositionPatient?: Vec3;
  readonly rowCosines?: Vec3;
  readonly columnCosines?: Vec3;
  readonly rowPixelSpacing?: number;
  readonly columnPixelSpacing?: number;
}

const grids = new WeakMap<Images, Map<number, Grid>>();

/**
 * The grid of one frame of a loose stack. Frames that do not say where they lie begin at the origin, with the spacing
 * that the server takes for them, so that points mean the same pixels at both ends.
 */
export function frameGrid(images: Images, slice: number): Grid {
  const known = grids.get(images) ?? new Map<number, Grid>();
  grids.set(images, known);
  const grid = known.get(slice) ?? makeFrameGrid(images, slice);
  known.set(slice, grid);
  return grid;
}

function makeFrameGrid(images: Images, slice: number): Grid {
  const shape = images.shapes[slice];
  const module = (metaData.get("imagePlaneModule", images.imageIds[slice] ?? "") ?? {}) as PlaneModule;
  const size: Vec3 = [shape?.columns ?? 1, shape?.rows ?? 1, 1];
  const { imagePositionPatient: origin, rowCosines: right, columnCosines: down } = module;
  if (images.placed && origin && right && down) {
    return {
      size,
      spacing: [module.columnPixelSpacing || 1, module.rowPixelSpacing || 1, 1],
      origin: [...origin],
      axes: [[...right], [...down], cross(right, down)],
    };
  }
  const [column, row] = drawnStep(images.header(slice), shape?.key.frame ?? 1);
  const axes = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ] as const;
  return { size, spacing: [column, row, 1], origin: [0, 0, 0], axes };
}

/** The grid that a figure on a frame is counted in: the volume's, or the frame's own. */
export const gridFor = (images: Images, slice: number): Grid => images.grid ?? frameGrid(images, slice);

/** The point (LPS mm) under a point of a pane, exactly in the plane of the slice that it shows. */
export function pointAt(pane: Pane, at: readonly [number, number]): Vec3 | null {
  const { images } = pane;
  const shown = pane.planeGrid();
  const index = pane.indexAt(at);
  if (!images || !shown || !index) {
    return null;
  }
  if (images.grid) {
    return pane.oblique ? pane.toWorld(at) : indexToWorld(shown, index);
  }
  return indexToWorld(frameGrid(images, pane.gridIndex), [index[0], index[1], 0]);
}

/** Draws points (LPS mm) on a pane: where each comes to lie, in CSS pixels. */
export function projector(pane: Pane): (point: Vec3) => readonly [number, number] {
  const { images } = pane;
  const shown = images?.grid ? null : pane.planeGrid();
  if (!images || !shown) {
    return (point) => pane.toCanvas(point);
  }
  const own = frameGrid(images, pane.gridIndex);
  return (point) => {
    const [i, j] = worldToIndex(own, point);
    return pane.toCanvas(indexToWorld(shown, [i, j, 0]));
  };
}

/** Signed distances of points from the slice in a pane, in slices: up to a half on either side is in it. */
function offsets(pane: Pane, images: Images, points: readonly Vec3[]): readonly number[] | null {
  if (pane.images === images && images.grid && !pane.oblique) {
    const thick = Math.max(1, pane.slab.mm / images.grid.spacing[pane.axis]);
    const { grid } = images;
    return points.map((point) => (worldToIndex(grid, point)[pane.axis] - pane.gridIndex) / thick);
  }
  const plane = pane.plane();
  const comparable =
    pane.images === images ||
    (images.frameOfReference !== "" && images.frameOfReference === pane.images?.frameOfReference);
  if (!plane || !comparable || !images.placed || !pane.images) {
    return null;
  }
  const own = pane.images.grid;
  const step = Math.max(own ? stepAlong(own, plane.normal) : 1, pane.slab.mm);
  return points.map((point) => dot(subtract(point, plane.point), plane.normal) / step);
}

/** Slack for points exactly between two slices. */
const HALF = 0.5 + 1e-6;

/** How lines are seen in a pane: as a whole ("own"), as points where they go through its plane, or not at all. */
export function seenIn(pane: Pane, images: Images, slice: number, lines: readonly Line[]): "own" | readonly Vec3[] {
  if (!images.grid && pane.images === images) {
    return pane.gridIndex === slice ? "own" : [];
  }
  const away = lines.map(({ points }) => offsets(pane, images, points));
  if (away.every((line) => line?.every((offset) => Math.abs(offset) <= HALF))) {
    return "own";
  }
  return lines.flatMap(({ points: path, closed, dashed }, line) =>
    path.flatMap((from, at) => {
      const next = at + 1 < path.length ? at + 1 : closed ? 0 : -1;
      const [to, a, b] = [path[next], away[line]?.[at], away[line]?.[next]];
      return to && !dashed && a !== undefined && b !== undefined && a < 0 !== b < 0 ? [mix(from, to, a / (a - b))] : [];
    }),
  );
}

/** The frame that a figure belongs to: that nearest to its middle, or the one it was drawn on. */
export function keyOf(images: Images, slice: number, points: readonly Vec3[]): FrameKey | null {
  const { grid, shapes } = images;
  const nearest = grid ? Math.round(worldToIndex(grid, middleOf(points))[2]) : slice;
  return shapes[Math.min(shapes.length - 1, Math.max(0, nearest))]?.key ?? null;
}

const mix = (from: Vec3, to: Vec3, share: number): Vec3 => {
  const by = scale(subtract(to, from), share);
  return [from[0] + by[0], from[1] + by[1], from[2] + by[2]];
};
