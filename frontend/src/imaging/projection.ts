/** What projection images say of their grey and their scale. */

import type { DicomJson } from "./header";

const PIXEL_SPACING = "00280030";
const IMAGER_PIXEL_SPACING = "00181164";
const MAGNIFICATION = "00181114";
const PHOTOMETRIC = "00280004";
const PRESENTATION_SHAPE = "20500020";

const numbers = (instance: DicomJson, tag: string): number[] => (instance[tag]?.Value ?? []).map(Number);
const word = (instance: DicomJson, tag: string): string => String(instance[tag]?.Value?.[0] ?? "");

/** Low values are bright (PS3.3 C.7.6.3.1.2): the Presentation LUT Shape says so, else the photometric interpretation. */
export function isInverse(instance: DicomJson): boolean {
  const shape = word(instance, PRESENTATION_SHAPE);
  return shape ? shape === "INVERSE" : word(instance, PHOTOMETRIC) === "MONOCHROME1";
}

/**
 * Give images that tell their spacing at the detector alone a pixel spacing, or Cornerstone takes a pixel for 1 mm.
 *
 * Divided by the estimated magnification where the header has one (PS3.3 10.7.1.3).
 */
export function withSpacing(instance: DicomJson): DicomJson {
  const imager = numbers(instance, IMAGER_PIXEL_SPACING);
  if (numbers(instance, PIXEL_SPACING).length === 2 || imager.length !== 2) {
    return instance;
  }
  const [factor = 1] = numbers(instance, MAGNIFICATION);
  const spacing = imager.map((mm) => mm / (factor > 0 ? factor : 1));
  return { ...instance, [PIXEL_SPACING]: { vr: "DS", Value: spacing } };
}

/** Millimetres are those of the detector: what lies before it is smaller than it measures. Of an image with spacing. */
export function isAtDetector(instance: DicomJson): boolean {
  const imager = numbers(instance, IMAGER_PIXEL_SPACING);
  const used = numbers(withSpacing(instance), PIXEL_SPACING);
  return imager.length === 2 && imager.every((mm, axis) => Math.abs(mm - (used[axis] ?? 0)) < 1e-6 * mm);
}
