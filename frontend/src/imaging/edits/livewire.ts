/** Intelligent scissors: the cheapest way between two points of an image, where edges are cheap (Mortensen and Barrett,
 *  Graphical Models and Image Processing 60, 1998; gradient term alone). */

import type { Pixels } from "./types";

/** An image in a plane; `pitch` is the size of a pixel along x and y in mm. */
export interface PlaneImage {
  readonly width: number;
  readonly height: number;
  readonly values: Pixels;
  readonly pitch: readonly [number, number];
}

/** What a millimetre costs on the strongest edge, where away from any edge it costs 1. */
const CHEAPEST = 0.02;

/** Cost of each pixel for each mm, from the gradient; its 98th percentile counts as the strongest edge. */
export function edgeCosts({ width, height, values, pitch }: PlaneImage): Float32Array {
  const gradient = new Float32Array(width * height);
  const at = (x: number, y: number) =>
    values[Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))] ?? 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const across =
        at(x + 1, y - 1) + 2 * at(x + 1, y) + at(x + 1, y + 1) - at(x - 1, y - 1) - 2 * at(x - 1, y) - at(x - 1, y + 1);
      const down =
        at(x - 1, y + 1) + 2 * at(x, y + 1) + at(x + 1, y + 1) - at(x - 1, y - 1) - 2 * at(x, y - 1) - at(x + 1, y - 1);
      gradient[y * width + x] = Math.hypot(across / pitch[0], down / pitch[1]);
    }
  }
  const sorted = gradient.slice().sort();
  const strongest = Math.max(1e-6, sorted[Math.floor(sorted.length * 0.98)] ?? 0);
  return gradient.map((value) => CHEAPEST + (1 - CHEAPEST) * (1 - Math.min(1, value / strongest)) ** 2);
}

/** All cheapest ways from one pixel, found as far as they are asked for. */
export class Livewire {
  private readonly image: PlaneImage;
  private readonly costs: Float32Array;
  private readonly ways: Float32Array;
  private readonly from: Int32Array;
  private readonly done: Uint8Array;
  private readonly heap: Heap;

  constructor(image: PlaneImage, costs: Float32Array, start: readonly [number, number]) {
    this.image = image;
    this.costs = costs;
    this.ways = new Float32Array(costs.length).fill(Infinity);
    this.from = new Int32Array(costs.length).fill(-1);
    this.done = new Uint8Array(costs.length);
    this.heap = new Heap(this.ways);
    const at = start[1] * image.width + start[0];
    this.ways[at] = 0;
    this.heap.push(at);
  }

  /** Pixels [x, y] of the way from the start to a pixel, both included. */
  pathTo(target: readonly [number, number]): [number, number][] {
    const { width } = this.image;
    const end = target[1] * width + target[0];
    while (this.done[end] === 0) {
      const at = this.heap.pop();
      if (at < 0) {
        return [];
      }
      if (this.done[at] === 0) {
        this.done[at] = 1;
        this.spread(at);
      }
    }
    const path: [number, number][] = [];
    for (let at = end; at >= 0; at = this.from[at] ?? -1) {
      path.push([at % width, Math.floor(at / width)]);
    }
    return path.reverse();
  }

  private spread(at: number): void {
    const { width, height, pitch } = this.image;
    const [x, y] = [at % width, Math.floor(at / width)];
    for (let dy = -1; dy <= 1; dy += 1) {
      for (let dx = -1; dx <= 1; dx += 1) {
        const [nx, ny] = [x + dx, y + dy];
        if ((dx === 0 && dy === 0) || nx < 0 || ny < 0 || nx >= width || ny >= height) {
          continue;
        }
        const next = ny * width + nx;
        const length = Math.hypot(dx * pitch[0], dy * pitch[1]);
        const way = Math.fround(
          (this.ways[at] ?? 0) + (length * ((this.costs[at] ?? 1) + (this.costs[next] ?? 1))) / 2,
        );
        if (this.done[next] === 0 && way < (this.ways[next] ?? 0)) {
          this.ways[next] = way;
          this.from[next] = at;
          this.heap.push(next);
        }
      }
    }
  }
}

/** A binary heap of pixels by their way; a pixel may stand in it twice, and counts where it comes out first. */
class Heap {
  private readonly keys: Float32Array;
  private readonly items: { at: number; key: number }[] = [];

  constructor(keys: Float32Array) {
    this.keys = keys;
  }

  push(at: number): void {
    const { items } = this;
    const item = { at, key: this.keys[at] ?? 0 };
    let place = items.length;
    items.push(item);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = items[parent];
      if (!above || above.key <= item.key) {
        break;
      }
      items[place] = above;
      place = parent;
    }
    items[place] = item;
  }

  pop(): number {
    const { items } = this;
    const [top] = items;
    const last = items.pop();
    if (!top || !last) {
      return -1;
    }
    if (items.length > 0) {
      let place = 0;
      for (;;) {
        let child = 2 * place + 1;
        const right = items[child + 1];
        if (right && right.key < (items[child]?.key ?? Infinity)) {
          child += 1;
        }
        const below = items[child];
        if (!below || below.key >= last.key) {
          break;
        }
        items[place] = below;
        place = child;
      }
      items[place] = last;
    }
    return top.at;
  }
}
