/** What the labels of one plane look like, ready to be drawn at any zoom and kept up to date where a hand draws. */

import { boundsOf, bytesOf, outlines, type Bounds, type PlaneLabels } from "./overlay";
import type { LabelStyle } from "./types";

type Styles = ReadonlyMap<number, LabelStyle>;

/** Outlines are kept for squares of so many voxels: a move of the brush makes a few of them anew. */
export const TILE = 32;
/** The picture is made larger by this much at a time. */
const STEP = 64;

/** Grow bounds to whole multiples of `step`, within the plane. */
function roundOut([left, top, right, bottom]: Bounds, step: number, { width, height }: PlaneLabels): Bounds {
  const up = (value: number, most: number) => Math.min(most, Math.ceil((value + 1) / step) * step) - 1;
  return [Math.floor(left / step) * step, Math.floor(top / step) * step, up(right, width), up(bottom, height)];
}

const around = (one: Bounds, two: Bounds): Bounds => [
  Math.min(one[0], two[0]),
  Math.min(one[1], two[1]),
  Math.max(one[2], two[2]),
  Math.max(one[3], two[3]),
];

const holds = (outer: Bounds, inner: Bounds) =>
  outer[0] <= inner[0] && outer[1] <= inner[1] && outer[2] >= inner[2] && outer[3] >= inner[3];

export class PlanePicture {
  private readonly canvas = document.createElement("canvas");
  /** The voxels that the canvas covers; null while there is no label. */
  private covered: Bounds | null = null;
  private readonly tiles = new Map<string, { readonly at: Bounds; readonly paths: ReadonlyMap<number, Path2D> }>();
  private readonly styles: Styles;
  private readonly table = new Uint32Array(256);

  constructor(plane: PlaneLabels, styles: Styles) {
    this.styles = styles;
    for (const { value, colour, visible, opacity = 1 } of styles.values()) {
      const [red, green, blue] = bytesOf(colour);
      const alpha = Math.round(255 * opacity) << 24;
      this.table[value] = visible ? (alpha | (blue << 16) | (green << 8) | red) >>> 0 : 0;
    }
    const bounds = boundsOf(plane);
    if (bounds[2] >= bounds[0]) {
      this.update(plane, bounds);
    }
  }

  /** Labels have changed within `changed`. */
  update(plane: PlaneLabels, changed: Bounds): void {
    this.cover(plane, changed);
    this.fill(plane, changed);
    // The voxels at the right and below have a border with what changed.
    const [left, top, right, bottom] = roundOut(
      [changed[0], changed[1], Math.min(plane.width - 1, changed[2] + 1), Math.min(plane.height - 1, changed[3] + 1)],
      TILE,
      plane,
    );
    for (let y = top; y <= bottom; y += TILE) {
      for (let x = left; x <= right; x += TILE) {
        this.outline(plane, [x, y, Math.min(x + TILE, plane.width) - 1, Math.min(y + TILE, plane.height) - 1]);
      }
    }
  }

  /** Make the canvas cover these voxels too. */
  private cover(plane: PlaneLabels, wanted: Bounds): void {
    const { canvas, covered } = this;
    if (covered && holds(covered, wanted)) {
      return;
    }
    const next = roundOut(covered ? around(covered, wanted) : wanted, STEP, plane);
    const before = covered && canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height);
    canvas.width = next[2] - next[0] + 1;
    canvas.height = next[3] - next[1] + 1;
    if (before && covered) {
      canvas.getContext("2d")?.putImageData(before, covered[0] - next[0], covered[1] - next[1]);
    }
    this.covered = next;
  }

  /** Write the labels within bounds into the canvas, in their colours. */
  private fill({ width, labels }: PlaneLabels, [left, top, right, bottom]: Bounds): void {
    const context = this.canvas.getContext("2d");
    if (!context || !this.covered) {
      return;
    }
    const image = context.createImageData(right - left + 1, bottom - top + 1);
    const pixels = new Uint32Array(image.data.buffer);
    let to = 0;
    for (let y = top; y <= bottom; y += 1) {
      const end = y * width + right;
      for (let from = y * width + left; from <= end; from += 1) {
        pixels[to] = this.table[labels[from] ?? 0] ?? 0;
        to += 1;
      }
    }
    context.putImageData(image, left - this.covered[0], top - this.covered[1]);
  }

  private outline(plane: PlaneLabels, at: Bounds): void {
    const paths = new Map<number, Path2D>();
    for (const [value, points] of outlines(plane, at, true)) {
      if (this.styles.get(value)?.visible === false) {
        continue;
      }
      const path = new Path2D();
      for (let index = 0; index < points.length; index += 4) {
        path.moveTo(points[index] ?? 0, points[index + 1] ?? 0);
        path.lineTo(points[index + 2] ?? 0, points[index + 3] ?? 0);
      }
      paths.set(value, path);
    }
    const name = `${at[0]},${at[1]}`;
    if (paths.size > 0) {
      this.tiles.set(name, { at, paths });
    } else {
      this.tiles.delete(name);
    }
  }

  /**
   * Draw with `matrix` from voxel corners to canvas pixels. `dashed` marks what is only proposed. `within`: the voxels
   * whose outlines are wanted, where only a part is drawn; the caller clips.
   */
  draw(
    context: CanvasRenderingContext2D,
    matrix: DOMMatrix,
    styles: Styles,
    look: { opacity: number; lineWidth: number; dashed: boolean },
    within: Bounds | null = null,
  ): void {
    if (!this.covered || this.tiles.size === 0) {
      return;
    }
    context.save();
    context.setTransform(matrix);
    context.imageSmoothingEnabled = false;
    context.globalAlpha = look.opacity;
    context.drawImage(this.canvas, this.covered[0], this.covered[1]);
    context.resetTransform();
    context.lineWidth = look.lineWidth;
    context.lineCap = "square";
    context.setLineDash(look.dashed ? [4 * look.lineWidth, 3 * look.lineWidth] : []);
    for (const [value, path] of this.placed(matrix, within)) {
      context.globalAlpha = Math.min(1, look.opacity * 1.6 + 0.25) * (styles.get(value)?.opacity ?? 1);
      context.strokeStyle = styles.get(value)?.colour ?? "#ffffff";
      context.stroke(path);
    }
    context.restore();
  }

  /** The outline of each label as one path: drawn tile by tile, lines would be darker where two tiles meet. */
  private placed(matrix: DOMMatrix, within: Bounds | null): ReadonlyMap<number, Path2D> {
    const result = new Map<number, Path2D>();
    for (const { at, paths } of this.tiles.values()) {
      const apart =
        within && (at[0] > within[2] || at[1] > within[3] || at[2] + 1 < within[0] || at[3] + 1 < within[1]);
      for (const [value, path] of apart ? [] : paths) {
        const whole = result.get(value) ?? new Path2D();
        whole.addPath(path, matrix);
        result.set(value, whole);
      }
    }
    return result;
  }
}
