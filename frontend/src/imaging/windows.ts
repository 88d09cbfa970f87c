/** Display windows: presets by modality, and a range from the values themselves where none is standard. */

import type { Range } from "./types";

export type WindowPresetName =
  "softTissue" | "lung" | "bone" | "brain" | "liver" | "full" | "file" | "suv5" | "suv10" | "suv20";

export interface WindowPreset {
  readonly name: WindowPresetName;
  readonly center: number;
  readonly width: number;
}

const CT: readonly WindowPreset[] = [
  { name: "softTissue", center: 40, width: 400 },
  { name: "lung", center: -600, width: 1500 },
  { name: "bone", center: 400, width: 1800 },
  { name: "brain", center: 40, width: 80 },
  { name: "liver", center: 80, width: 150 },
];

/** In SUV: where a PET has no SUV, its values have no standard scale. */
const SUV: readonly WindowPreset[] = [
  { name: "suv5", center: 2.5, width: 5 },
  { name: "suv10", center: 5, width: 10 },
  { name: "suv20", center: 10, width: 20 },
];

/** Presets in HU for CT and in SUV for PET; other values have no standard unit, so they have none. */
export function presetsFor(modality: string, units = ""): readonly WindowPreset[] {
  if (modality === "PT") {
    return units.startsWith("SUV") ? SUV : [];
  }
  return modality === "CT" ? CT : [];
}

/** Centre and width to the edges, without the half-step of the DICOM function (PS3.3 C.11.2.1.3.2, linear exact). */
export function toRange(center: number, width: number): Range {
  return { lower: center - width / 2, upper: center + width / 2 };
}

export function toCenterWidth(range: Range): { center: number; width: number } {
  return { center: (range.lower + range.upper) / 2, width: range.upper - range.lower };
}

/** Drag: right widens, down raises the centre; a step is a share of the present width, so it suits every unit. */
export function dragRange(range: Range, dx: number, dy: number): Range {
  const { center, width } = toCenterWidth(range);
  const step = Math.max(width, 1e-6) / 256;
  return toRange(center + dy * step, Math.max(width + dx * step * 1.5, width / 64, 1e-6));
}

/** The range between two percentiles of the values (0..100), sampled so that it costs at most ~65,000 looks. */
export function percentileRange(values: ArrayLike<number>, low: number, high: number): Range {
  const step = Math.max(1, Math.floor(values.length / 65536));
  const sample: number[] = [];
  for (let at = 0; at < values.length; at += step) {
    const value = values[at];
    if (value !== undefined && Number.isFinite(value)) {
      sample.push(value);
    }
  }
  sample.sort((a, b) => a - b);
  const pick = (percent: number) => sample[Math.round(((sample.length - 1) * percent) / 100)] ?? 0;
  const lower = pick(low);
  const upper = pick(high);
  return upper > lower ? { lower, upper } : { lower, upper: lower + 1 };
}
