/** What a pixel of an image measures, by what its header says. Never a millimetre that nobody vouches for. */

import type { DicomJson } from "../header";
import type { ScaleKind } from "../types";

export interface PixelScale {
  readonly kind: ScaleKind;
  /** From a column, and from a row, to the next: mm, or 1 where the unit is px. */
  readonly step: readonly [number, number];
}

const PIXELS: PixelScale = { kind: "pixel", step: [1, 1] };
const PIXEL_SPACING = "00280030";
const IMAGER_PIXEL_SPACING = "00181164";
const CALIBRATION_TYPE = "00280A02";
const MAGNIFICATION = "00181114";
const ULTRASOUND_REGIONS = "00186011";
const SHARED_GROUPS = "52009229";
const FRAME_GROUPS = "52009230";
/** Modalities whose images are shadows: what they show is larger on the detector than in the patient. */
const PROJECTION: ReadonlySet<string> = new Set(["CR", "DX", "MG", "XA", "RF", "PX", "IO", "DR", "RG"]);
const CENTIMETRES = 3;

const numbersOf = (item: DicomJson, tag: string): number[] =>
  (item[tag]?.Value ?? []).map(Number).filter((value) => Number.isFinite(value));
const itemsOf = (item: DicomJson | undefined, tag: string): DicomJson[] =>
  ((item?.[tag]?.Value ?? []) as (DicomJson | null)[]).filter((found) => found !== null);

/** Numbers of an attribute at the top, or in the functional groups of a frame (from 1). */
function valuesOf(header: DicomJson, tag: string, frame: number): number[] {
  const own = numbersOf(header, tag);
  const groups = [itemsOf(header, FRAME_GROUPS)[frame - 1], itemsOf(header, SHARED_GROUPS)[0]];
  const macros = groups.flatMap((group) => (group ? Object.keys(group).flatMap((name) => itemsOf(group, name)) : []));
  return [own, ...macros.map((macro) => numbersOf(macro, tag))].find((values) => values.length > 0) ?? [];
}

/** Rows and columns as the server places images that do not say where they lie: [from column, from row]. */
export function drawnStep(header: DicomJson, frame: number): readonly [number, number] {
  const [rows, columns] = [PIXEL_SPACING, IMAGER_PIXEL_SPACING]
    .map((tag) => valuesOf(header, tag, frame))
    .find((values) => values.length === 2) ?? [1, 1];
  return [columns ?? 1, rows ?? 1];
}

/** The scale of a figure whose points lie at these pixels (column, row) of a frame. */
export function scaleOf(header: DicomJson, frame: number, pixels: readonly (readonly [number, number])[]): PixelScale {
  const regions = itemsOf(header, ULTRASOUND_REGIONS);
  if (regions.length > 0 || String(header["00080060"]?.Value?.[0] ?? "") === "US") {
    return regionScale(regions, pixels);
  }
  const spacing = valuesOf(header, PIXEL_SPACING, frame);
  const imager = valuesOf(header, IMAGER_PIXEL_SPACING, frame);
  const projection = imager.length === 2 || PROJECTION.has(String(header["00080060"]?.Value?.[0] ?? ""));
  if (!projection) {
    return spacing.length === 2 ? scaled("patient", spacing) : PIXELS;
  }
  const calibrated =
    String(header[CALIBRATION_TYPE]?.Value?.[0] ?? "") !== "" ||
    (imager.length === 2 && spacing.some((value, at) => Math.abs(value - (imager[at] ?? value)) > 1e-4 * value));
  if (spacing.length === 2 && calibrated) {
    return scaled("patient", spacing); // PS3.3 10.7.1.3: it differs from that at the detector, so somebody corrected it
  }
  const [magnification = 1] = numbersOf(header, MAGNIFICATION);
  if (imager.length === 2 && magnification > 1) {
    return scaled(
      "patient",
      imager.map((value) => value / magnification),
    );
  }
  const at = imager.length === 2 ? imager : spacing;
  return at.length === 2 ? scaled("detector", at) : PIXELS;
}

const scaled = (kind: ScaleKind, [rows = 1, columns = 1]: readonly number[]): PixelScale =>
  rows > 0 && columns > 0 ? { kind, step: [columns, rows] } : PIXELS;

/** A region of an ultrasound image is calibrated in itself; a figure must lie in it with all its points. */
function regionScale(regions: readonly DicomJson[], pixels: readonly (readonly [number, number])[]): PixelScale {
  for (const region of regions) {
    const one = (tag: string) => numbersOf(region, tag)[0] ?? 0;
    const [left, top, right, bottom] = [one("00186018"), one("0018601A"), one("0018601C"), one("0018601E")];
    const within = pixels.every(([x, y]) => x >= left - 0.5 && x <= right + 0.5 && y >= top - 0.5 && y <= bottom + 0.5);
    if (within && one("00186024") === CENTIMETRES && one("00186026") === CENTIMETRES) {
      return scaled("region", [Math.abs(one("0018602E")) * 10, Math.abs(one("0018602C")) * 10]); // rows before columns;
    }
  }
  return PIXELS;
}
