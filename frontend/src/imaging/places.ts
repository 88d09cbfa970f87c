/** Places on images: where a finding lies, a measurement, the next slice with a label. */

import { indexToWorld, worldToIndex } from "./grid";
import { frameOfReferenceOf } from "./source";
import type { PaneName, Vec3 } from "./types";
import type { Viewer } from "./viewer";

export interface Place {
  readonly sop: string;
  readonly frame: number;
  /** LPS mm; null where the images form no grid. */
  readonly pointLps: Vec3 | null;
}

/**
 * The place that a pane shows, of any series: the voxel under the pointer there, else the middle of its frame. On planes
 * across the frames, and without a voxel, the frame is that under the crosshair or in the middle of the pane.
 */
export function placeInPane({ views }: Viewer, name: PaneName, voxel: Vec3 | null = null): Place | null {
  const pane = views.find(name);
  const images = pane?.ready ? pane.images : null;
  if (!pane || !images) {
    return null;
  }
  const { grid } = images;
  const across = grid && (pane.axis !== 2 || pane.oblique);
  const point = across ? views.crosshairIn(pane) : null;
  const wanted = voxel?.[2] ?? (grid && point ? Math.round(worldToIndex(grid, point)[2]) : pane.gridIndex);
  const slice = Math.min(images.shapes.length - 1, Math.max(0, wanted));
  const key = images.shapes[slice]?.key;
  const at = grid && (voxel ?? ([(grid.size[0] - 1) / 2, (grid.size[1] - 1) / 2, slice] as const));
  return key ? { sop: key.sop, frame: key.frame, pointLps: grid && at ? indexToWorld(grid, at) : null } : null;
}

/** What a pane looks at: its frame, and on it the point of the crosshair. */
export function placeInView(viewer: Viewer, name: PaneName): Place | null {
  const pane = viewer.views.find(name);
  const place = placeInPane(viewer, name);
  const point = place?.pointLps && pane ? viewer.views.crosshairIn(pane) : null;
  return place && point ? { ...place, pointLps: point } : place;
}

/** Bring a place into view; false when it is not on the marked images. */
export function lookAtPlace(viewer: Viewer, { sop, frame, pointLps }: Place): boolean {
  const slice = viewer.marked?.shapes.findIndex(({ key }) => key.sop === sop && key.frame === frame) ?? -1;
  if (slice < 0) {
    return false;
  }
  const grid = viewer.marked?.grid;
  if (grid) {
    viewer.views.lookAt(pointLps ?? indexToWorld(grid, [(grid.size[0] - 1) / 2, (grid.size[1] - 1) / 2, slice]));
  } else {
    goToSlice(viewer, slice);
  }
  return true;
}

function goToSlice({ views }: Viewer, slice: number): void {
  views.goTo(views.acquiredPane?.name ?? "", slice);
}

/** Choose a measurement and bring it into view. */
export function showMeasurement(viewer: Viewer, key: string): void {
  const place = viewer.measurements.placeOf(key);
  viewer.measurements.choose(key);
  if (place && viewer.marked?.grid) {
    viewer.views.lookAt(place.point);
  } else if (place) {
    goToSlice(viewer, place.slice);
  }
}

/** Go to the next frame on which a label occurs, after the present one, and start over at the end. */
export function nextWithLabel(viewer: Viewer, value: number): void {
  const labelled = viewer.masks.labels?.of(value);
  const slices = labelled?.slicesWith(value) ?? [];
  const grid = viewer.marked?.grid;
  const present = viewer.views.acquiredSlice;
  const next = slices.find((slice) => slice > present) ?? slices[0];
  if (next === undefined) {
    return;
  }
  if (grid) {
    const labels = labelled?.peek(next) ?? new Uint8Array();
    const at = labels.indexOf(value);
    viewer.views.lookAt(indexToWorld(grid, [at % grid.size[0], Math.floor(at / grid.size[0]), next]));
  } else {
    goToSlice(viewer, next);
  }
}

/** Whether another series lies in the same space as the marked one (DICOM's frame of reference). */
export async function sharesSpace(viewer: Viewer, studyUid: string, seriesUid: string): Promise<boolean> {
  const here = viewer.marked?.frameOfReference ?? "";
  return here !== "" && here === (await frameOfReferenceOf(studyUid, seriesUid));
}
