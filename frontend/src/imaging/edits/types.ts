/**
 * What an edit of labels works on: a box of voxels cut out of the layers and the images.
 *
 * Boxes are dense, i fastest, then j, then k. Nothing here knows the page: the same code runs in the worker and in tests.
 */

import type { Axis, Range, Vec3 } from "../types";

/** A box of voxels: its first voxel in the grid, and how many there are along i, j, k. */
export interface Region {
  readonly lo: Vec3;
  readonly size: Vec3;
}

export type Pixels =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/** Where labels may be changed at all. */
export interface Rules {
  /** Grey values as shown (HU, SUV …), both ends included; null: any. */
  readonly range: Range | null;
  /** Only inside, or only outside, what a label covers when the edit begins; null: anywhere. */
  readonly area: { readonly label: number; readonly inside: boolean } | null;
}

export const ANYWHERE: Rules = { range: null, area: null };

/** From voxel (i, j, k) of the box to plane coordinates in mm: a and b in the plane, c off it. Each is [i, j, k, 1]. */
export interface PlaneMap {
  readonly a: readonly [number, number, number, number];
  readonly b: readonly [number, number, number, number];
  readonly c: readonly [number, number, number, number];
}

/** From a voxel (i, j, k) of a box to voxel coordinates in another grid: three rows of [i, j, k, 1]. */
export type VoxelMap = readonly (readonly [number, number, number, number])[];

export type Operation =
  | {
      readonly kind: "scissors";
      readonly map: PlaneMap;
      /** a and b of the corners in turn, mm. */
      readonly polygon: Float64Array;
      /** Half the thickness of the slab in mm; null: everything in the box. */
      readonly depth: number | null;
      readonly mode: "fill" | "eraseInside" | "eraseOutside";
    }
  /** Everything that hangs together with a voxel and lies within the range; flat along an axis, or in 3-D. */
  | { readonly kind: "flood"; readonly seed: Vec3; readonly range: Range; readonly flat: Axis | null }
  /** The range follows mean ± factor × SD of what was found, and starts around a voxel. */
  | { readonly kind: "grow"; readonly seed: Vec3; readonly factor: number; readonly flat: Axis | null }
  | { readonly kind: "interpolate"; readonly axis: Axis }
  | { readonly kind: "islands"; readonly keep: "largest" }
  | { readonly kind: "islands"; readonly keep: "atLeast"; readonly voxels: number }
  | { readonly kind: "islands"; readonly keep: "clicked" | "others"; readonly seed: Vec3 }
  /** Grows by mm, shrinks by less than zero. */
  | { readonly kind: "margin"; readonly mm: number }
  | { readonly kind: "hollow"; readonly mm: number; readonly shell: "inside" | "outside" }
  | { readonly kind: "smooth"; readonly method: "median" | "gaussian" | "opening" | "closing"; readonly mm: number }
  | { readonly kind: "combine"; readonly how: Combination; readonly other: number }
  | { readonly kind: "seeds"; readonly values: readonly number[]; readonly rim: boolean }
  /** A label of other images, by world position. */
  | {
      readonly kind: "copy";
      readonly source: Uint8Array;
      readonly sourceSize: Vec3;
      readonly value: number;
      readonly map: VoxelMap;
    };

export type Combination = "union" | "subtract" | "intersect" | "copy" | "move" | "clear" | "invert";

/** One edit. `target` is the label that it is about. */
export interface Job {
  readonly region: Region;
  /** mm between voxels along i, j, k. */
  readonly spacing: Vec3;
  readonly target: number;
  readonly labels: Uint8Array;
  /** Grey values of the box, where the operation or the rules need them. */
  readonly image: Pixels | null;
  /** Labels of another layer: that of the rules' area, and that of the other label of a combination. */
  readonly areaLabels: Uint8Array | null;
  readonly otherLabels: Uint8Array | null;
  /** Label values that stay as they are. */
  readonly locked: readonly number[];
  readonly rules: Rules;
  readonly operation: Operation;
}

/** What an edit changed: runs of the target's layer, and of the other label's where that is another one. */
export interface Outcome {
  readonly target: readonly SliceRuns[];
  readonly other: readonly SliceRuns[];
}

/** [start, length, before, after] of equal neighbours in a whole slice of `columns` × rows. */
export interface SliceRuns {
  readonly slice: number;
  readonly runs: Int32Array;
}

export type Progress = (share: number) => void;

/** The edit makes no sense here; `code` is what the page puts into words. */
export class EditError extends Error {
  override readonly name = "EditError";
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

export const voxelsIn = (size: Vec3): number => size[0] * size[1] * size[2];
export const offsetIn = (size: Vec3, [i, j, k]: Vec3): number => (k * size[1] + j) * size[0] + i;
