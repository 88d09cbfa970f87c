/** A 3-D pane: what can be set in it, and what it says of itself. */

import type { PaneName, Vec3 } from "../types";

export type SolidPreset = "bone" | "vessels" | "tissue" | "lung" | "ramp" | "mip" | "petMip" | "none";
export type StandardView = "A" | "P" | "L" | "R" | "S" | "I";
export const STANDARD_VIEWS: readonly StandardView[] = ["A", "P", "L", "R", "S", "I"];

/** Shares (0 to 1) of the volume that are shown, from R to L, from A to P and from F to H. */
export type CropBox = readonly [readonly [number, number], readonly [number, number], readonly [number, number]];
export const WHOLE: CropBox = [
  [0, 1],
  [0, 1],
  [0, 1],
];

export interface SolidSettings {
  readonly preset: SolidPreset;
  readonly crop: CropBox;
  /** Share of the depth that is cut away on the side of the viewer. */
  readonly front: number;
  /** The surfaces of the masks are shown. */
  readonly surfaces: boolean;
}

/** Why there is nothing to see. */
export type SolidTrouble = "noVolume" | "colour" | "noWebGl";

export interface SolidStatus {
  readonly pane: PaneName;
  readonly settings: SolidSettings;
  /** The presets that suit the series. */
  readonly presets: readonly SolidPreset[];
  readonly trouble: SolidTrouble | null;
  /** Voxels or surfaces are still on their way. */
  readonly busy: boolean;
  /** Edge lengths (mm) of the voxels drawn, when several of the series' own were made into one; null when they are its own. */
  readonly reducedMm: Vec3 | null;
  /** Surfaces are made of every n-th voxel. */
  readonly surfaceStep: number;
  /** Triangles of each label's surface. */
  readonly triangles: ReadonlyMap<number, number>;
  /** From the eye into the picture. */
  readonly direction: Vec3;
}
