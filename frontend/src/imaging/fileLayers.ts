/**
 * What a file says over and about its own image: overlay planes (PS3.3 C.9.2), and padding, which is no image
 * (PS3.3 C.7.5.1.1.2). Both are painted over the picture, so they look the same on every way of drawing it.
 */

import { cache } from "@cornerstonejs/core";

import { ask } from "./answers";
import type { DicomJson } from "./header";
import { bitAt, filePlanes, paddingOf, type FilePlane } from "./headerPlanes";
import type { Images } from "./source";
import type { Axis, Range } from "./types";

const GRAPHICS = [255, 214, 102] as const;
const BLACK = [0, 0, 0] as const;
/** Planes of bits that are kept: 512×512 take 32 kB. */
const MOST_KEPT = 64;

/** What of it is drawn. */
export interface FileLook {
  readonly graphics: boolean;
  /** Low values are not drawn dark, so that padding would be seen. */
  readonly padding: boolean;
}

/** The plane in view: a layer of the images' grid, or a frame of a loose stack. */
export interface FilePlaneInView {
  readonly images: Images;
  readonly axis: Axis;
  readonly index: number;
}

const kept = new Map<string, Promise<Uint8Array>>();

/** Fetch the bits of a plane, unless the header itself holds them. */
function bitsOf({ uri, inline }: FilePlane): Promise<Uint8Array> {
  if (inline !== null) {
    return Promise.resolve(Uint8Array.from(atob(inline), (letter) => letter.charCodeAt(0)));
  }
  const known = kept.get(uri);
  if (known) {
    return known;
  }
  const asked = ask(uri, "application/octet-stream", "the graphics of an image").then(
    async (response) => new Uint8Array(await response.arrayBuffer()),
  );
  kept.set(uri, asked);
  asked.catch(() => kept.delete(uri));
  const [oldest] = kept.keys();
  if (kept.size > MOST_KEPT && oldest !== undefined) {
    kept.delete(oldest);
  }
  return asked;
}

/** One pixel for each that `has`; null where none has. */
function picture(
  width: number,
  height: number,
  [red, green, blue]: readonly [number, number, number],
  has: (at: number) => boolean,
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
  const colour = ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  let some = false;
  for (let at = 0; at < pixels.length; at += 1) {
    if (has(at)) {
      pixels[at] = colour;
      some = true;
    }
  }
  context.putImageData(image, 0, 0);
  return some ? canvas : null;
}

/** Where a plane across or along the frames has padding. */
function paddingPicture({ images, axis, index }: FilePlaneInView, headerOf: (k: number) => DicomJson) {
  const shape = images.shapes[axis === 2 ? index : 0];
  if (!shape || images.source.modality === "PT") {
    return null; // its values are scaled once more, to SUV
  }
  const width = axis === 0 ? shape.rows : shape.columns;
  const layers = axis === 2 ? [index] : images.shapes.map((_, k) => k);
  const height = axis === 2 ? shape.rows : layers.length;
  const [begin, step] = axis === 2 ? [0, 1] : axis === 1 ? [index * width, 1] : [index, shape.columns];
  const count = axis === 2 ? width * height : width;
  const mask = new Uint8Array(width * height);
  let range: Range | null = null;
  layers.forEach((k, row) => {
    range = paddingOf(headerOf(k));
    const values = range && cache.getImage(images.imageIds[k] ?? "")?.voxelManager?.getScalarData();
    if (range && values) {
      markWithin(values as ArrayLike<number>, range, { begin, step, count }, mask.subarray(row * count));
    }
  });
  return picture(width, height, BLACK, (at) => mask[at] === 1);
}

function markWithin(
  values: ArrayLike<number>,
  { lower, upper }: Range,
  { begin, step, count }: { begin: number; step: number; count: number },
  mask: Uint8Array,
): void {
  for (let at = 0; at < count; at += 1) {
    const value = values[begin + at * step] ?? NaN;
    mask[at] = value >= lower && value <= upper ? 1 : 0;
  }
}

interface Placed {
  readonly canvas: HTMLCanvasElement | null;
  readonly left: number;
  readonly top: number;
}

/** The pictures of one pane. */
export class FileLayers {
  private padding: { stamp: string; canvas: HTMLCanvasElement | null } | null = null;
  private graphics: { stamp: string; planes: readonly Placed[] } | null = null;
  private readonly changed: () => void;

  constructor(changed: () => void) {
    this.changed = changed;
  }

  /** Draw with `matrix` from voxel corners to canvas pixels. */
  draw(context: CanvasRenderingContext2D, matrix: DOMMatrix, view: FilePlaneInView, look: FileLook): void {
    context.save();
    context.setTransform(matrix);
    context.imageSmoothingEnabled = false;
    if (look.padding) {
      const canvas = this.paddingOf(view);
      if (canvas) {
        context.drawImage(canvas, 0, 0);
      }
    }
    if (look.graphics && view.axis === 2) {
      context.imageSmoothingEnabled = true; // thin lines of large images are not to fall between the pixels
      context.imageSmoothingQuality = "high";
      for (const { canvas, left, top } of this.graphicsOf(view)) {
        if (canvas) {
          context.drawImage(canvas, left, top);
        }
      }
    }
    context.restore();
  }

  private paddingOf(view: FilePlaneInView): HTMLCanvasElement | null {
    const { images, axis, index } = view;
    if (!paddingOf(images.header(axis === 2 ? index : 0))) {
      return null;
    }
    const here = images.imageIds.filter((id) => cache.getImage(id)).length; // frames still come
    const stamp = `${images.displaySetId}:${axis}:${index}:${here}`;
    if (this.padding?.stamp !== stamp) {
      this.padding = { stamp, canvas: paddingPicture(view, (k) => images.header(k)) };
    }
    return this.padding.canvas;
  }

  private graphicsOf({ images, index }: FilePlaneInView): readonly Placed[] {
    const frame = images.shapes[index]?.key.frame ?? 1;
    const stamp = `${images.displaySetId}:${index}`;
    if (this.graphics?.stamp !== stamp) {
      this.graphics = { stamp, planes: [] };
      const planes = filePlanes(images.header(index), frame);
      if (planes.length > 0) {
        void this.fetch(stamp, planes);
      }
    }
    return this.graphics.planes;
  }

  private async fetch(stamp: string, planes: readonly FilePlane[]): Promise<void> {
    const drawn = await Promise.allSettled(
      planes.map(async (plane): Promise<Placed> => {
        const bytes = await bitsOf(plane);
        const { columns, rows, left, top, firstBit } = plane;
        return { canvas: picture(columns, rows, GRAPHICS, (at) => bitAt(bytes, firstBit + at)), left, top };
      }),
    );
    if (this.graphics?.stamp === stamp) {
      this.graphics = { stamp, planes: drawn.flatMap((one) => (one.status === "fulfilled" ? [one.value] : [])) };
      this.changed();
    }
  }
}
