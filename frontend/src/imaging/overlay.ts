/** Masks drawn over a pane: a translucent fill of whole voxels and a crisp outline at their edges. */

import type { LabelStyle } from "./types";

export interface PlaneLabels {
  readonly width: number;
  readonly height: number;
  readonly labels: Uint8Array;
}

/** Outline of each label in voxel-corner coordinates, as [x0, y0, x1, y1] segments joined where they are straight. */
export function outlines(plane: PlaneLabels): Map<number, number[]> {
  const { width, height, labels } = plane;
  const result = new Map<number, number[]>();
  const at = (x: number, y: number) => (x < 0 || y < 0 || x >= width || y >= height ? 0 : (labels[y * width + x] ?? 0));
  const push = (value: number, ...segment: readonly [number, number, number, number]) => {
    const segments = result.get(value) ?? [];
    segments.push(...segment);
    result.set(value, segments);
  };
  const [left, top, right, bottom] = boundsOf(plane);
  for (let y = top; y <= bottom + 1; y += 1) {
    edges(
      left,
      right,
      (x) => [at(x, y), at(x, y - 1)],
      (value, from, to) => push(value, from, y, to, y),
    );
  }
  for (let x = left; x <= right + 1; x += 1) {
    edges(
      top,
      bottom,
      (y) => [at(x, y), at(x - 1, y)],
      (value, from, to) => push(value, x, from, x, to),
    );
  }
  return result;
}

/** Walk along one grid line and report straight pieces of border, once for the label on either side. */
function edges(
  first: number,
  last: number,
  sides: (position: number) => readonly [number, number],
  report: (value: number, from: number, to: number) => void,
): void {
  for (const side of [0, 1] as const) {
    let value = 0;
    let start = first;
    for (let position = first; position <= last + 1; position += 1) {
      const pair = position <= last ? sides(position) : ([0, 0] as const);
      const here = pair[0] === pair[1] ? 0 : pair[side];
      if (here !== value) {
        if (value !== 0) {
          report(value, start, position);
        }
        value = here;
        start = position;
      }
    }
  }
}

/** Box around all labels as [left, top, right, bottom]; empty planes give right < left. */
export function boundsOf({ width, height, labels }: PlaneLabels): readonly [number, number, number, number] {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (labels[y * width + x] !== 0) {
        left = Math.min(left, x);
        right = Math.max(right, x);
        top = Math.min(top, y);
        bottom = Math.max(bottom, y);
      }
    }
  }
  return right < 0 ? [0, 0, -2, -2] : [left, top, right, bottom];
}

/** #rrggbb to its three bytes. */
export function bytesOf(colour: string): readonly [number, number, number] {
  const value = Number.parseInt(colour.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** What one plane looks like, ready to be drawn at any zoom. */
export class PlanePicture {
  private readonly image: HTMLCanvasElement | null;
  private readonly paths = new Map<number, Path2D>();

  constructor(plane: PlaneLabels, styles: ReadonlyMap<number, LabelStyle>) {
    const segments = outlines(plane);
    this.image = segments.size > 0 ? fill(plane, styles) : null;
    for (const [value, points] of segments) {
      if (styles.get(value)?.visible === false) {
        continue;
      }
      const path = new Path2D();
      for (let at = 0; at < points.length; at += 4) {
        path.moveTo(points[at] ?? 0, points[at + 1] ?? 0);
        path.lineTo(points[at + 2] ?? 0, points[at + 3] ?? 0);
      }
      this.paths.set(value, path);
    }
  }

  /** Draw with `matrix` from voxel corners to canvas pixels. `dashed` marks what is only proposed. */
  draw(
    context: CanvasRenderingContext2D,
    matrix: DOMMatrix,
    styles: ReadonlyMap<number, LabelStyle>,
    look: { opacity: number; lineWidth: number; dashed: boolean },
  ): void {
    if (!this.image) {
      return;
    }
    context.save();
    context.setTransform(matrix);
    context.imageSmoothingEnabled = false;
    context.globalAlpha = look.opacity;
    context.drawImage(this.image, 0, 0);
    context.resetTransform();
    context.globalAlpha = Math.min(1, look.opacity * 1.6 + 0.25);
    context.lineWidth = look.lineWidth;
    context.lineCap = "square";
    context.setLineDash(look.dashed ? [4 * look.lineWidth, 3 * look.lineWidth] : []);
    for (const [value, path] of this.paths) {
      const placed = new Path2D();
      placed.addPath(path, matrix);
      context.strokeStyle = styles.get(value)?.colour ?? "#ffffff";
      context.stroke(placed);
    }
    context.restore();
  }
}

function fill(
  { width, height, labels }: PlaneLabels,
  styles: ReadonlyMap<number, LabelStyle>,
): HTMLCanvasElement | null {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  if (!context) {
    return null;
  }
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const table = new Uint32Array(256);
  for (const { value, colour, visible } of styles.values()) {
    const [red, green, blue] = bytesOf(colour);
    table[value] = visible ? ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0 : 0;
  }
  for (let at = 0; at < labels.length; at += 1) {
    pixels[at] = table[labels[at] ?? 0] ?? 0;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}
