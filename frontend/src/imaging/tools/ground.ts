/** Where a pane stands, as the tools that work by voxels and polygons need it. */

import { boxAround, inPlane, planeMap, type DrawnPlane } from "../edits/polygon";
import type { Depth } from "../edits/settings";
import type { Operation, Region } from "../edits/types";
import { add, cross, dot, scale, subtract, worldToIndex, type Grid } from "../grid";
import { unit, voxelReach } from "../oblique";
import type { Pane } from "../pane";
import type { Axis, Vec3 } from "../types";

/** Takes up rounding where a slab ends exactly on voxel centres, mm. */
const SLACK_MM = 1e-4;

/** The plane of the screen, as it lies in the patient. */
export function planeOf(pane: Pane): DrawnPlane {
  const origin = pane.toWorld([0, 0]);
  const right = unit(subtract(pane.toWorld([100, 0]), origin));
  const down = unit(subtract(pane.toWorld([0, 100]), origin));
  return { origin, right, down, normal: cross(right, down) };
}

/** Panning, zooming and turning within a plane leave it the same. */
export function isSamePlane(one: DrawnPlane, other: DrawnPlane): boolean {
  const off = dot(subtract(one.origin, other.origin), other.normal);
  return Math.abs(dot(one.normal, other.normal)) > 1 - 1e-9 && Math.abs(off) < 1e-3;
}

/** A slice in the labels' own count, and the grid that it lies in (its own, where the images form no volume). */
export interface Ground {
  readonly grid: Grid;
  /** The images form one grid. */
  readonly regular: boolean;
  /** The axis that the pane looks along, and the layer in view. */
  readonly axis: Axis;
  readonly layer: number;
  readonly oblique: boolean;
  readonly plane: DrawnPlane;
}

export function groundOf(pane: Pane): Ground | null {
  const grid = pane.planeGrid();
  return (
    grid && {
      grid,
      regular: Boolean(pane.images?.grid),
      axis: pane.axis,
      layer: pane.gridIndex,
      oblique: pane.oblique,
      plane: planeOf(pane),
    }
  );
}

/** The voxel under a point in the labels' own count; null outside. */
export function voxelAt(pane: Pane, point: readonly [number, number]): Vec3 | null {
  const grid = pane.planeGrid();
  const exact = pane.indexAt(point);
  if (!grid || !exact) {
    return null;
  }
  const depth = pane.images?.grid ? grid.size[2] : (pane.images?.imageIds.length ?? 0);
  const index: Vec3 = [Math.round(exact[0]), Math.round(exact[1]), Math.round(exact[2])];
  const inside =
    index[0] >= 0 &&
    index[1] >= 0 &&
    index[2] >= 0 &&
    index[0] < grid.size[0] &&
    index[1] < grid.size[1] &&
    index[2] < depth;
  return inside ? index : null;
}

/** A box cut down to one layer; null where the layer lies outside it. */
export function onLayer({ lo, size }: Region, axis: Axis, layer: number): Region | null {
  const replaced = (values: Vec3, value: number) =>
    values.map((other, at) => (at === axis ? value : other)) as unknown as Vec3;
  return layer < lo[axis] || layer >= lo[axis] + size[axis]
    ? null
    : { lo: replaced(lo, layer), size: replaced(size, 1) };
}

type Scissors = Extract<Operation, { kind: "scissors" }>;

/**
 * What a polygon of patient points cuts, and the box that holds it; null outside the images.
 *
 * `within` replaces the box around the polygon (for cutting away what lies outside of it).
 */
export function cutOf(
  ground: Ground,
  polygon: readonly Vec3[],
  mode: Scissors["mode"],
  depth: { readonly kind: Depth; readonly slabMm: number },
  within: Region | null = null,
): { operation: Scissors; region: Region } | null {
  const { grid, plane, axis, layer, regular, oblique } = ground;
  const reach =
    depth.kind === "volume"
      ? grid.size.reduce((sum, count, at) => sum + count * (grid.spacing[at] ?? 1), 0)
      : depth.kind === "slab"
        ? depth.slabMm / 2
        : voxelReach(grid, plane.normal);
  const corners = polygon.flatMap((point) =>
    [-reach, reach].map((by) => worldToIndex(grid, add(point, scale(plane.normal, by)))),
  );
  const box = within ?? boxAround(grid, corners);
  const single = depth.kind === "slice" && !oblique;
  const cut = box && (single && regular ? onLayer(box, axis, layer) : box);
  if (!cut) {
    return null;
  }
  // A loose stack's frame is a grid of one layer; its place among the frames is the labels' own affair.
  const inGrid = regular
    ? cut
    : { lo: [cut.lo[0], cut.lo[1], 0] as const, size: [cut.size[0], cut.size[1], 1] as const };
  const operation: Scissors = {
    kind: "scissors",
    map: planeMap(grid, inGrid, plane),
    polygon: inPlane(polygon, plane),
    depth: depth.kind === "volume" || single || !regular ? null : reach + SLACK_MM,
    mode,
  };
  return { operation, region: regular ? inGrid : { lo: [inGrid.lo[0], inGrid.lo[1], layer], size: inGrid.size } };
}

/** A box that reaches so many mm around a voxel, flat along an axis where one is named. */
export function reachAround(ground: Ground, seed: Vec3, mm: number, flat: Axis | null): Region {
  const { grid, regular } = ground;
  const lo: [number, number, number] = [...seed];
  const size: [number, number, number] = [1, 1, 1];
  for (const axis of [0, 1, 2] as const) {
    if (axis === flat || (axis === 2 && !regular)) {
      continue;
    }
    const by = Math.ceil(mm / grid.spacing[axis]);
    lo[axis] = Math.max(0, seed[axis] - by);
    size[axis] = Math.min(grid.size[axis] - 1, seed[axis] + by) - lo[axis] + 1;
  }
  return { lo, size };
}
