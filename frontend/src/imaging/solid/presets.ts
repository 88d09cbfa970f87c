/** How values become light in a 3-D pane. */

import { CONSTANTS } from "@cornerstonejs/core";

import type { Range } from "../types";
import type { SolidPreset } from "./types";

type Colour = readonly [value: number, red: number, green: number, blue: number];
type Opacity = readonly [value: number, opacity: number];

export interface Transfer {
  readonly colours: readonly Colour[];
  /** For each millimetre that the light goes through. */
  readonly opacity: readonly Opacity[];
  readonly blend: "composite" | "maximum";
  readonly shaded: boolean;
  readonly ground: readonly [number, number, number];
}

/** In HU, so for CT alone. The numbers are 3D Slicer's, as Cornerstone brings them along. */
const HOUNSFIELD: Partial<Record<SolidPreset, string>> = {
  bone: "CT-Bone",
  vessels: "CT-AAA",
  tissue: "CT-Muscle",
  lung: "CT-Lung",
};

/** Slicer's bone begins in soft tissue, which hides the bone in noisy or oblique pictures; ours begins above vessels. */
const OPACITIES: Partial<Record<SolidPreset, readonly Opacity[]>> = {
  bone: [
    [140, 0],
    [350, 0.25],
    [700, 0.75],
  ],
};

/** The presets for a series, the usual one first. */
export function presetsOf(modality: string, units: string): readonly SolidPreset[] {
  if (modality === "PT") {
    return ["petMip", "mip", "ramp", "none"];
  }
  return modality === "CT" && units === "HU"
    ? ["bone", "vessels", "tissue", "lung", "mip", "none"]
    : ["ramp", "mip", "none"];
}

const numbers = (text: string): number[] => text.split(" ").slice(1).map(Number);

function inParts<Part>(values: readonly number[], length: number): Part[] {
  return Array.from({ length: values.length / length }, (_, part) =>
    values.slice(part * length, (part + 1) * length),
  ) as unknown as Part[];
}

const BLACK = [0, 0, 0] as const;

/** What a preset means. Those that know no unit follow the window of the series. */
export function transferOf(preset: Exclude<SolidPreset, "none">, { lower, upper }: Range): Transfer {
  const name = HOUNSFIELD[preset];
  const found = CONSTANTS.VIEWPORT_PRESETS.find((candidate) => candidate.name === name);
  if (name && found) {
    return {
      colours: inParts<Colour>(numbers(found.colorTransfer), 4),
      opacity: OPACITIES[preset] ?? inParts<Opacity>(numbers(found.scalarOpacity), 2),
      blend: "composite",
      shaded: true,
      ground: BLACK,
    };
  }
  const at = (share: number) => lower + share * (upper - lower);
  if (preset === "ramp") {
    return {
      colours: [
        [at(0), 0.35, 0.25, 0.22],
        [at(0.5), 0.85, 0.68, 0.55],
        [at(1), 1, 0.97, 0.92],
      ],
      opacity: [
        [at(0.2), 0],
        [at(0.5), 0.12],
        [at(1), 0.6],
      ],
      blend: "composite",
      shaded: true,
      ground: BLACK,
    };
  }
  const inverse = preset === "petMip";
  const [dark, bright] = inverse ? [1, 0] : [0, 1];
  return {
    colours: [
      [at(0), dark, dark, dark],
      [at(1), bright, bright, bright],
    ],
    opacity: [
      [at(0) - 1e-6, inverse ? 1 : 0],
      [at(0), 1],
    ],
    blend: "maximum",
    shaded: false,
    ground: inverse ? [1, 1, 1] : BLACK,
  };
}

/** The value of a curve at a place, its ends held. */
export function alphaAt(opacity: readonly Opacity[], value: number): number {
  const after = opacity.findIndex(([place]) => place >= value);
  const [right, left] = [opacity[after], opacity[after - 1]];
  if (!right || !left) {
    return (after === 0 ? opacity[0] : opacity.at(-1))?.[1] ?? 0;
  }
  return left[1] + ((right[1] - left[1]) * (value - left[0])) / (right[0] - left[0] || 1);
}
