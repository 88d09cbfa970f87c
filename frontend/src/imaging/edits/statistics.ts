/** Grey values under each label. */

import type { Pixels } from "./types";

export interface LabelStatistics {
  readonly label: number;
  readonly voxels: number;
  /** Of the grey values as shown; null where there are none (colour images, images that are not loaded). */
  readonly mean: number | null;
  /** Population standard deviation (divided by n). */
  readonly sd: number | null;
  readonly minimum: number | null;
  readonly maximum: number | null;
}

interface Sums {
  voxels: number;
  mean: number;
  squares: number;
  minimum: number;
  maximum: number;
}

/** Add up slice by slice, so that no copy of a whole volume is needed. Means by Welford's update: no cancellation. */
export class Statistics {
  private readonly sums = new Map<number, Sums>();
  private complete = true;

  add(labels: Uint8Array, image: Pixels | null): void {
    this.complete &&= image !== null || !labels.some((value) => value !== 0);
    for (let at = 0; at < labels.length; at += 1) {
      const label = labels[at] ?? 0;
      if (label === 0) {
        continue;
      }
      let sums = this.sums.get(label);
      if (!sums) {
        sums = { voxels: 0, mean: 0, squares: 0, minimum: Infinity, maximum: -Infinity };
        this.sums.set(label, sums);
      }
      const value = image?.[at] ?? 0;
      sums.voxels += 1;
      const step = value - sums.mean;
      sums.mean += step / sums.voxels;
      sums.squares += step * (value - sums.mean);
      sums.minimum = Math.min(sums.minimum, value);
      sums.maximum = Math.max(sums.maximum, value);
    }
  }

  result(): LabelStatistics[] {
    return [...this.sums]
      .sort(([one], [two]) => one - two)
      .map(([label, { voxels, mean, squares, minimum, maximum }]) =>
        this.complete
          ? { label, voxels, mean, sd: Math.sqrt(squares / voxels), minimum, maximum }
          : { label, voxels, mean: null, sd: null, minimum: null, maximum: null },
      );
  }
}
