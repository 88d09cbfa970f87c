/** Where a pane looks: its plane, its slice, and how far it is zoomed, turned and flipped. */

import type { PlanarViewport } from "@cornerstonejs/core";

import { isMissing } from "./failures";
import {
  acquiredView,
  add,
  cross,
  distance,
  dot,
  indexToWorld,
  planeView,
  scale,
  subtract,
  worldToIndex,
  type Grid,
  type PlaneView,
} from "./grid";
import type { DicomJson } from "./header";
import type { PaneKind } from "./layouts";
import { chestWallOf, type ChestWall } from "./mammograms";
import { centreOf, slicesAlong, unit, viewAlong, type SpacePlane } from "./oblique";
import type { Images } from "./source";
import type { Axis, Vec3 } from "./types";

type Point = [number, number];

export abstract class Sight {
  abstract readonly element: HTMLDivElement;
  protected view: PlaneView | null = null;
  /** The frame of a loose stack that is on its way into view. */
  protected going: number | null = null;

  abstract get viewport(): PlanarViewport;
  abstract get images(): Images | null;
  abstract get ready(): boolean;
  protected abstract get kind(): PaneKind;
  /** There are panes beside this one. */
  protected abstract get several(): boolean;
  /** The header of the frame in view. */
  abstract header(): DicomJson;
  /** Another slice or plane is in view, or will be at once. */
  protected abstract moved(): void;
  /** What was worked out for the plane in view is of no use any more. */
  protected abstract forgetPlane(): void;

  get planeView(): PlaneView | null {
    return this.view;
  }

  get oblique(): boolean {
    return this.view?.oblique ?? false;
  }

  /** The axis of the grid that this pane looks along (nearest to it, when oblique); a stack looks along its frames. */
  get axis(): Axis {
    return this.view?.axis ?? 2;
  }

  get sliceCount(): number {
    const grid = this.images?.grid;
    if (!grid) {
      return this.images?.imageIds.length ?? 0;
    }
    return this.view?.oblique ? slicesAlong(grid, this.view.normal).count : grid.size[this.axis];
  }

  /** Slice as a person counts it (0-based), along the line of sight. */
  get sliceIndex(): number {
    const grid = this.images?.grid;
    if (grid && this.view?.oblique) {
      const offset = dot(subtract(this.centre(), centreOf(grid)), this.view.normal);
      const { count, step } = slicesAlong(grid, this.view.normal);
      return Math.min(count - 1, Math.max(0, Math.round(offset / step + (count - 1) / 2)));
    }
    return this.view?.reversed ? this.sliceCount - 1 - this.gridIndex : this.gridIndex;
  }

  /** The layer of the grid in view; on an oblique plane, that at the middle of the pane. */
  get gridIndex(): number {
    const grid = this.images?.grid;
    if (!grid) {
      const { slice } = this.viewport.getViewState();
      const asked = slice?.kind === "stackIndex" ? slice.imageIdIndex : undefined;
      const stands = asked !== undefined && isMissing(this.images?.imageIds[asked]); // what is drawn is another frame
      return stands ? asked : this.viewport.getCurrentImageIdIndex();
    }
    const index = Math.round(worldToIndex(grid, this.centre())[this.axis]);
    return Math.min(grid.size[this.axis] - 1, Math.max(0, index));
  }

  protected centre(): Vec3 {
    return this.toWorld([this.element.clientWidth / 2, this.element.clientHeight / 2]);
  }

  /** Bring a slice into view; the frame of a loose stack may have to come first. */
  async goTo(sliceIndex: number): Promise<void> {
    const wanted = Math.min(this.sliceCount - 1, Math.max(0, Math.round(sliceIndex)));
    const grid = this.images?.grid;
    if (grid && this.view?.oblique) {
      const { count, step } = slicesAlong(grid, this.view.normal);
      this.goThrough(add(centreOf(grid), scale(this.view.normal, (wanted - (count - 1) / 2) * step)));
    } else if (grid) {
      const centre: [number, number, number] = [(grid.size[0] - 1) / 2, (grid.size[1] - 1) / 2, (grid.size[2] - 1) / 2];
      centre[this.axis] = this.view?.reversed ? this.sliceCount - 1 - wanted : wanted;
      this.goThrough(indexToWorld(grid, centre));
    } else if (this.images) {
      this.going = wanted;
      await this.viewport.setImageIdIndex(wanted);
      this.going = this.going === wanted ? null : this.going;
      this.moved();
    }
  }

  private goThrough(point: Vec3): void {
    this.viewport.setViewState({ slice: { kind: "volumePoint", sliceWorldPoint: [...point] } });
  }

  /** Bring a point (LPS mm) into view: the slice nearest to it. */
  lookAt(point: Vec3): void {
    const grid = this.images?.grid;
    if (grid && this.view?.oblique) {
      const centre = centreOf(grid);
      this.goThrough(add(centre, scale(this.view.normal, dot(subtract(point, centre), this.view.normal))));
    } else if (grid) {
      const layer = Math.round(worldToIndex(grid, point)[this.axis]);
      void this.goTo(this.view?.reversed ? this.sliceCount - 1 - layer : layer);
    } else {
      const slice = this.images?.nearest(point) ?? -1;
      if (slice >= 0) {
        void this.goTo(slice);
      }
    }
  }

  /** Turn the plane so that it has this normal, through a point. */
  turnTo(normal: Vec3, up: Vec3, through: Vec3): void {
    const grid = this.images?.grid;
    if (grid) {
      const before = this.unitsPerPixel();
      this.view = viewAlong(grid, normal, up);
      this.forgetPlane();
      this.viewport.setViewState({
        orientation: { viewPlaneNormal: [...this.view.normal], viewUp: [...this.view.up] },
      });
      this.viewport.setZoom((this.viewport.getZoom() * this.unitsPerPixel()) / before); // not fitted anew
      this.lookAt(through);
    }
  }

  /** Back to the plane of its kind. */
  straighten(): void {
    const { images } = this;
    const view = images && this.viewOf(images);
    if (view && this.oblique) {
      this.turnTo(view.normal, view.up, this.centre());
    }
  }

  /** The plane of the pane's kind; images that form no volume are shown as they were acquired. */
  protected viewOf(images: Images): PlaneView | null {
    const { kind } = this;
    if (!images.grid) {
      return null;
    }
    return kind === "stack" || kind === "volume" ? acquiredView(images.grid) : planeView(images.grid, kind);
  }

  /** The plane in patient space, or null where the images do not say where they lie. */
  plane(): SpacePlane | null {
    if (!this.ready || !this.images?.placed) {
      return null;
    }
    const [point, right, down] = [this.toWorld([0, 0]), this.toWorld([100, 0]), this.toWorld([0, 100])];
    return { point: this.centre(), normal: unit(cross(subtract(right, point), subtract(down, point))) };
  }

  /** Zoom so that a pixel of the pane is so many millimetres. */
  scaleTo(mmPerPixel: number): void {
    const now = this.mmPerPixel();
    if (now) {
      this.viewport.setZoom((this.viewport.getZoom() * now) / mmPerPixel);
    }
  }

  /** Bring a point (LPS mm) into the middle, at so many mm for each pixel. */
  centreOn(point: Vec3, mmPerPixel: number): void {
    this.viewport.setViewState({ anchorWorld: [...point], anchorCanvas: [0.5, 0.5], displayArea: undefined });
    this.viewport.setZoom((this.viewport.getZoom() * this.unitsPerPixel()) / mmPerPixel);
  }

  fit(): void {
    this.viewport.resetViewState({ resetOrientation: false });
    const wall = this.images?.grid ? null : chestWallOf(this.header());
    if (wall) {
      this.hang(wall, this.several);
    }
  }

  /** Turn a mammogram so that its chest wall is at an edge of the pane; `lean`: all the way there. */
  protected hang({ edge, columns }: ChestWall, lean: boolean): void {
    const grid = this.planeGrid();
    const [width = 0, height = 0] = grid?.size ?? [];
    const last = columns === "last";
    const anchorWorld = grid && [...indexToWorld(grid, [last ? width - 0.5 : -0.5, (height - 1) / 2, 0])];
    this.viewport.setViewState({ flipHorizontal: last !== (edge === "right") });
    if (lean && anchorWorld) {
      const anchorCanvas: Point = [edge === "right" ? 1 : 0, 0.5];
      this.viewport.setViewState({
        anchorWorld: anchorWorld as [number, number, number],
        anchorCanvas,
        displayArea: undefined,
      });
    }
  }

  rotate(): void {
    this.viewport.setViewState({ rotation: (this.viewport.getRotation() + 90) % 360 });
  }

  flip(): void {
    this.viewport.setViewState({ flipHorizontal: !this.viewport.getViewState().flipHorizontal });
  }

  toWorld(point: readonly [number, number]): Vec3 {
    return this.viewport.canvasToWorld([...point] as Point) as Vec3;
  }

  toCanvas(point: Vec3): readonly [number, number] {
    return this.viewport.worldToCanvas([...point]) as Point;
  }

  /** Voxel coordinates (i, j, k), fractions allowed, under a point of the pane; null outside an image. */
  indexAt(point: readonly [number, number]): Vec3 | null {
    const grid = this.planeGrid();
    if (!grid) {
      return null;
    }
    const index = [...worldToIndex(grid, this.toWorld(point))] as [number, number, number];
    if (!this.oblique) {
      index[this.axis] = this.gridIndex;
    }
    return index;
  }

  /** The grid of the volume, or of the single frame that a loose stack shows. */
  planeGrid(): Grid | null {
    if (this.images?.grid) {
      return this.images.grid;
    }
    const data = this.images
      ? (this.viewport.getImageData() as
          { origin: Vec3; direction: readonly number[]; spacing: Vec3; dimensions: Vec3 } | undefined)
      : undefined;
    if (!data) {
      return null;
    }
    const [i0 = 1, i1 = 0, i2 = 0, j0 = 0, j1 = 1, j2 = 0, k0 = 0, k1 = 0, k2 = 1] = [...data.direction];
    return {
      size: data.dimensions,
      spacing: [data.spacing[0], data.spacing[1], 1],
      origin: data.origin,
      axes: [
        [i0, i1, i2],
        [j0, j1, j2],
        [k0, k1, k2],
      ],
    };
  }

  /** Millimetres for each pixel of the pane, or null where the image has no scale. */
  mmPerPixel(): number | null {
    return this.images?.scaled && this.ready ? this.unitsPerPixel() : null;
  }

  /** Millimetres for each pixel of the pane, also where the image has no scale of its own. */
  unitsPerPixel(): number {
    return distance(this.toWorld([0, 0]), this.toWorld([100, 0])) / 100;
  }
}
