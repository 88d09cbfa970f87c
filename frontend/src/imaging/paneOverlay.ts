/** The canvas over a pane's image: what its file lays over it, masks, and the lines in which other planes cut it. */

import { FileLayers, type FileLook } from "./fileLayers";
import { indexToWorld, subtract, type Grid } from "./grid";
import type { LabelGrid, Region } from "./labelGrid";
import type { Bounds, PlaneLabels } from "./overlay";
import { PlanePicture } from "./planePicture";
import { samplePlane } from "./planeSample";
import type { Images } from "./source";
import type { Axis, LabelStyle, Vec3 } from "./types";

/** How wide outlines are, in CSS pixels. */
const LINE = 1.5;

/** Masks as a pane draws them. */
export interface MaskLayer {
  readonly labels: LabelGrid;
  /** The images that the labels lie on. */
  readonly images: Images;
  readonly styles: ReadonlyMap<number, LabelStyle>;
  readonly stylesVersion: number;
  readonly opacity: number;
  readonly dashed: boolean;
}

/** A line through a pane in patient space; `grips` are points that the crosshair takes to turn it. */
export interface PaneLine {
  readonly from: Vec3;
  readonly to: Vec3;
  readonly colour: string;
  readonly grips?: readonly Vec3[];
}

/** What is asked of the pane under the canvas. */
export interface Painted {
  readonly element: HTMLElement;
  readonly ready: boolean;
  readonly images: Images | null;
  readonly oblique: boolean;
  readonly axis: Axis;
  readonly gridIndex: number;
  planeGrid(): Grid | null;
  toWorld(point: readonly [number, number]): Vec3;
  toCanvas(point: Vec3): readonly [number, number];
}

/** What of a picture is new: all of it, the voxels within bounds, or nothing (null). */
type News = Bounds | "all" | null;

/** A layer's picture as it is drawn now. */
interface Drawn {
  readonly layer: MaskLayer;
  readonly picture: PlanePicture;
  /** From voxel corners to canvas pixels. */
  readonly matrix: DOMMatrix;
  readonly news: News;
}

/** The part of a plane that a change reaches: its voxels in the plane, or null. */
export function onPlane(region: Region, axis: Axis, index: number): Bounds | null {
  const [first, last] = region[axis];
  const across = region[axis === 0 ? 1 : 0];
  const down = region[axis === 2 ? 1 : 2];
  return index >= first && index <= last ? [across[0], down[0], across[1], down[1]] : null;
}

/** Canvas pixels [left, top, right, bottom] that voxels and the lines around them take, with `margin` around. */
function pixelsOf([left, top, right, bottom]: Bounds, matrix: DOMMatrix, margin: number): Bounds {
  const corners = [left, right + 1].flatMap((x) => [top, bottom + 1].map((y) => matrix.transformPoint({ x, y })));
  const [xs, ys] = [corners.map(({ x }) => x), corners.map(({ y }) => y)];
  return [
    Math.floor(Math.min(...xs) - margin),
    Math.floor(Math.min(...ys) - margin),
    Math.ceil(Math.max(...xs) + margin),
    Math.ceil(Math.max(...ys) + margin),
  ];
}

export class PaneOverlay {
  readonly canvas = document.createElement("canvas");
  private readonly pane: Painted;
  private readonly pictures = new Map<LabelGrid, { place: string; version: number; picture: PlanePicture }>();
  private lines: readonly PaneLine[] = [];
  private readonly ofFile: FileLayers;

  /** `fetched` is called when something that belongs on it has come. */
  constructor(pane: Painted, fetched: () => void) {
    this.pane = pane;
    this.ofFile = new FileLayers(fetched);
    this.canvas.style.cssText = "position:absolute;inset:0;width:100%;height:100%;pointer-events:none";
  }

  forget(): void {
    this.pictures.clear();
  }

  /**
   * Paint. `above` draws over all of it: what a tool shows while it is used. Where only label values have changed
   * (`marksAlone`), no more than their surroundings is painted anew: a hand that draws does so at every move.
   */
  paint(
    ofFile: FileLook,
    masks: readonly MaskLayer[],
    lines: () => readonly PaneLine[],
    above: (context: CanvasRenderingContext2D, ratio: number) => void,
    marksAlone = false,
  ): void {
    const context = this.canvas.getContext("2d");
    if (!context) {
      return;
    }
    const ratio = window.devicePixelRatio || 1;
    const fresh = this.fit(ratio) || !marksAlone;
    const grid = this.pane.planeGrid();
    if (!grid || !this.pane.ready) {
      context.clearRect(0, 0, this.canvas.width, this.canvas.height);
      return;
    }
    const drawn = masks.flatMap((layer) => this.drawn(layer, grid, ratio) ?? []);
    const part = fresh ? null : this.newPart(drawn, ratio);
    if (part === "nothing") {
      return;
    }
    if (fresh) {
      this.lines = lines();
    }
    const [left, top, right, bottom] = part ?? [0, 0, this.canvas.width, this.canvas.height];
    context.save();
    context.beginPath();
    context.rect(left, top, right - left, bottom - top);
    context.clip();
    context.clearRect(left, top, right - left, bottom - top);
    const { images, axis, gridIndex: index, oblique } = this.pane;
    if (images && !oblique && (ofFile.graphics || ofFile.padding)) {
      this.ofFile.draw(context, this.matrix(grid, ratio), { images, axis, index }, ofFile);
    }
    for (const { layer, picture, matrix } of drawn) {
      const look = { opacity: layer.opacity, lineWidth: LINE * ratio, dashed: layer.dashed };
      picture.draw(context, matrix, layer.styles, look, part && pixelsOf(part, matrix.inverse(), LINE));
    }
    this.paintLines(context, this.lines, ratio);
    above(context, ratio);
    context.restore();
  }

  /** Give the canvas as many pixels as it covers; true when it is empty now. */
  private fit(ratio: number): boolean {
    const { clientWidth, clientHeight } = this.pane.element;
    const [width, height] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)];
    const other = this.canvas.width !== width || this.canvas.height !== height;
    if (other) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    return other;
  }

  /** The canvas pixels in which something is new; null for all of them. */
  private newPart(drawn: readonly Drawn[], ratio: number): Bounds | "nothing" | null {
    const parts: Bounds[] = [];
    for (const { news, matrix } of drawn) {
      if (news === "all") {
        return null;
      }
      if (news) {
        parts.push(pixelsOf(news, matrix, LINE * ratio + 1));
      }
    }
    const [first, ...others] = parts;
    return first
      ? others.reduce<Bounds>(
          (one, two) => [
            Math.min(one[0], two[0]),
            Math.min(one[1], two[1]),
            Math.max(one[2], two[2]),
            Math.max(one[3], two[3]),
          ],
          first,
        )
      : "nothing";
  }

  /** A layer as this pane shows it; null where it cannot. */
  private drawn(layer: MaskLayer, grid: Grid, ratio: number): Drawn | null {
    const { pane } = this;
    const { labels } = layer;
    if (pane.images === layer.images && !pane.oblique) {
      const { axis, gridIndex } = pane;
      const place = `${axis}:${gridIndex}:${layer.stylesVersion}`;
      const plane = () => labels.plane(axis, gridIndex);
      const found = this.picture(layer, place, plane, (region) => onPlane(region, axis, gridIndex));
      return { layer, ...found, matrix: this.matrix(grid, ratio) };
    }
    const { clientWidth: width, clientHeight: height } = pane.element;
    const [corner, beside, below] = [pane.toWorld([0.5, 0.5]), pane.toWorld([1.5, 0.5]), pane.toWorld([0.5, 1.5])];
    const own = layer.images.grid;
    if (own && layer.images.frameOfReference === pane.images?.frameOfReference) {
      const raster = { width, height, origin: corner, right: subtract(beside, corner), down: subtract(below, corner) };
      const where = [...corner, ...beside, ...below].map((value) => value.toFixed(3)).join();
      const place = `${where}:${width}:${height}:${layer.stylesVersion}`;
      const found = this.picture(layer, place, () => samplePlane(labels, own, raster));
      return { layer, ...found, matrix: new DOMMatrix([ratio, 0, 0, ratio, 0, 0]) };
    }
    return null;
  }

  /** The picture of a layer, brought up to date; `reach`: the part of it that a change reaches. */
  private picture(
    layer: MaskLayer,
    place: string,
    plane: () => PlaneLabels,
    reach?: (region: Region) => Bounds | null,
  ): { picture: PlanePicture; news: News } {
    const { labels } = layer;
    const known = this.pictures.get(labels);
    const same = known?.place === place ? known : null;
    if (same && same.version === labels.version) {
      return { picture: same.picture, news: null };
    }
    const region = same && reach ? labels.changedSince(same.version) : null;
    const news = region && reach ? reach(region) : "all";
    const picture = same && news !== "all" ? same.picture : new PlanePicture(plane(), layer.styles);
    if (news && news !== "all") {
      picture.update(plane(), news);
    }
    this.pictures.set(labels, { place, version: labels.version, picture });
    return { picture, news };
  }

  /** From voxel corners of the plane to canvas pixels. */
  private matrix(grid: Grid, ratio: number): DOMMatrix {
    const { pane } = this;
    const across: Axis = pane.axis === 0 ? 1 : 0;
    const down: Axis = pane.axis === 2 ? 1 : 2;
    const corner = (u: number, v: number) => {
      const index: [number, number, number] = [0, 0, 0];
      index[pane.axis] = pane.images?.grid ? pane.gridIndex : 0;
      index[across] = u - 0.5;
      index[down] = v - 0.5;
      return pane.toCanvas(indexToWorld(grid, index));
    };
    const [origin, right, below] = [corner(0, 0), corner(1, 0), corner(0, 1)];
    return new DOMMatrix([
      (right[0] - origin[0]) * ratio,
      (right[1] - origin[1]) * ratio,
      (below[0] - origin[0]) * ratio,
      (below[1] - origin[1]) * ratio,
      origin[0] * ratio,
      origin[1] * ratio,
    ]);
  }

  private paintLines(context: CanvasRenderingContext2D, lines: readonly PaneLine[], ratio: number): void {
    context.save();
    context.lineWidth = ratio;
    context.globalAlpha = 0.55;
    for (const { from, to, colour, grips } of lines) {
      const [a, b] = [this.pane.toCanvas(from), this.pane.toCanvas(to)];
      context.strokeStyle = colour;
      context.fillStyle = colour;
      context.beginPath();
      context.moveTo(a[0] * ratio, a[1] * ratio);
      context.lineTo(b[0] * ratio, b[1] * ratio);
      context.stroke();
      for (const grip of grips ?? []) {
        const [x, y] = this.pane.toCanvas(grip);
        context.beginPath();
        context.arc(x * ratio, y * ratio, 5 * ratio, 0, 2 * Math.PI);
        context.fill();
      }
    }
    context.restore();
  }
}
