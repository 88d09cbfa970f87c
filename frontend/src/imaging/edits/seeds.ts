/** Growing several labels from seeds at once: each voxel goes to the seed that is nearest along the image. */

import type { Vec3 } from "../types";
import { EditError, voxelsIn, type Pixels, type Progress } from "./types";

/** What a step over the whole range of grey values costs, in mm (geodesic distance, Criminisi et al., ECCV 2008). */
const EDGE_MM = 30;
const BUCKET_MM = 0.25;
/** The seed that stands for "none of them". */
export const RIM = 255;

/**
 * Give every voxel the label of the seed with the shortest way to it (GrowCut as shortest paths; Zhu et al., MICCAI
 * 2014). A step between neighbours by a face costs its length plus 30 mm × the share of the grey range that it crosses.
 *
 * Parameters: `seeds` holds labels (0: free), `blocked` 1 where no way leads. Returns labels, 0 where nothing arrives.
 * Ties go to the seed that comes first. Memory: 6 bytes for each voxel beside the input.
 */
export function growSeeds(
  image: Pixels,
  seeds: Uint8Array,
  blocked: Uint8Array,
  size: Vec3,
  spacing: Vec3,
  progress: Progress,
): Uint8Array {
  const kinds = new Set(seeds);
  kinds.delete(0);
  if (kinds.size < 2) {
    throw new EditError("twoSeeds");
  }
  const scale = EDGE_MM / greyRange(image);
  const owner = seeds.slice();
  const distance = new Float32Array(voxelsIn(size)).fill(Infinity);
  const buckets = new Buckets((EDGE_MM + Math.max(...spacing)) / BUCKET_MM);
  for (let at = 0; at < seeds.length; at += 1) {
    if (seeds[at] !== 0) {
      distance[at] = 0;
      buckets.put(at, 0);
    }
  }
  const [columns, rows, depth] = size;
  const layer = columns * rows;
  let settled = 0;
  const step = (from: number, to: number, length: number) => {
    if (blocked[to] === 1) {
      return;
    }
    const edge = Math.min(EDGE_MM, Math.abs((image[from] ?? 0) - (image[to] ?? 0)) * scale);
    const way = Math.fround((distance[from] ?? 0) + length + edge);
    if (way < (distance[to] ?? 0)) {
      distance[to] = way;
      owner[to] = owner[from] ?? 0;
      buckets.put(to, way);
    }
  };
  for (let at = buckets.take(distance); at >= 0; at = buckets.take(distance)) {
    const i = at % columns;
    const j = Math.floor(at / columns) % rows;
    const k = Math.floor(at / layer);
    if (i > 0) step(at, at - 1, spacing[0]);
    if (i < columns - 1) step(at, at + 1, spacing[0]);
    if (j > 0) step(at, at - columns, spacing[1]);
    if (j < rows - 1) step(at, at + columns, spacing[1]);
    if (k > 0) step(at, at - layer, spacing[2]);
    if (k < depth - 1) step(at, at + layer, spacing[2]);
    settled += 1;
    if (settled % 65_536 === 0) {
      progress(Math.min(0.95, settled / owner.length));
    }
  }
  return owner;
}

/** From the 1st to the 99th percentile, of a sample; one unit where all is flat. */
function greyRange(image: Pixels): number {
  const every = Math.max(1, Math.floor(image.length / 20_000));
  const sample = new Float64Array(Math.ceil(image.length / every));
  for (let at = 0; at < sample.length; at += 1) {
    sample[at] = image[at * every] ?? 0;
  }
  sample.sort();
  const low = sample[Math.floor(sample.length * 0.01)] ?? 0;
  const high = sample[Math.min(sample.length - 1, Math.floor(sample.length * 0.99))] ?? 0;
  return high > low ? high - low : 1;
}

/**
 * A queue by distance: a ring of buckets a quarter of a millimetre wide. Inside a bucket the order is free, and a voxel
 * whose way becomes shorter is looked at again, so the distances that come out are exact.
 */
class Buckets {
  private readonly ring: number[][];
  private turn = 0;
  private waiting = 0;

  constructor(widest: number) {
    this.ring = Array.from({ length: Math.ceil(widest) + 3 }, () => []);
  }

  put(at: number, distance: number): void {
    const slot = Math.max(this.turn, Math.floor(distance / BUCKET_MM));
    this.ring[slot % this.ring.length]?.push(at);
    this.waiting += 1;
  }

  /** The next voxel, or -1 at the end. Entries that a shorter way has overtaken are passed over. */
  take(distance: Float32Array): number {
    while (this.waiting > 0) {
      const bucket = this.ring[this.turn % this.ring.length] ?? [];
      const at = bucket.pop();
      if (at === undefined) {
        this.turn += 1;
        continue;
      }
      this.waiting -= 1;
      if (Math.floor((distance[at] ?? 0) / BUCKET_MM) >= this.turn) {
        return at;
      }
    }
    return -1;
  }
}
