/**
 * Frames whose values take a factor with a fraction: PET in SUV, slopes such as 0.5, dose.
 *
 * Cornerstone 5.14 chooses the array of such a frame by its smallest and largest value *after* scaling, and puts the
 * numbers *before* scaling into it. A PET slice from 0 to an SUV of exactly 70 came as bytes, its stored 2,000 as 208,
 * and the reader saw 7. So the stored numbers are asked for, and scaled here into floats.
 */

import { metaData, utilities, type Types } from "@cornerstonejs/core";

type Module = Readonly<Record<string, unknown>>;

/** value = stored · slope + intercept. */
export interface Line {
  readonly slope: number;
  readonly intercept: number;
}

const moduleOf = (name: string, imageId: string): Module => (metaData.get(name, imageId) ?? {}) as Module;
const GREYS: readonly unknown[] = ["MONOCHROME1", "MONOCHROME2"];
const isNumber = (value: unknown): value is number => typeof value === "number" && !Number.isNaN(value);

/** Without a GPU, Cornerstone looks greys up by whole numbers, so that fractions are black: all but those of PET. */
export const DRAWN_AS = "PT";

/** How stored numbers become values where that takes a fraction; null where whole numbers stay whole. */
export function fractionsOf(imageId: string): Line | null {
  const pixels = moduleOf("imagePixelModule", imageId);
  const lut = moduleOf("modalityLutModule", imageId);
  const greys =
    Number(pixels["bitsAllocated"]) <= 16 &&
    GREYS.includes(pixels["photometricInterpretation"]) &&
    !(lut["modalityLUTSequence"] as readonly unknown[] | undefined)?.length;
  if (!greys) {
    return null; // colours are not scaled, tables are looked up
  }
  const line = lineOf(imageId);
  return Number.isInteger(line.slope) && Number.isInteger(line.intercept) ? null : line;
}

function lineOf(imageId: string): Line {
  const lut = moduleOf("modalityLutModule", imageId);
  const scaling = moduleOf("scalingModule", imageId);
  const modality = moduleOf("generalSeriesModule", imageId)["modality"];
  const dose = scaling["DoseGridScaling"];
  if (modality === "RTDOSE" && isNumber(dose)) {
    return { slope: dose, intercept: 0 };
  }
  const suv = modality === "PT" && isNumber(scaling["suvbw"]) ? scaling["suvbw"] : 1;
  return { slope: Number(lut["rescaleSlope"] ?? 1) * suv, intercept: Number(lut["rescaleIntercept"] ?? 0) * suv };
}

/** Numbers of 32 and 64 bits, which Cornerstone takes for floats of 32 bits whatever they are. */
export interface Wide {
  readonly line: Line;
  /** The stored little-endian numbers. */
  numbers(bytes: ArrayBuffer): ArrayLike<number>;
}

/** How to read a frame of wide numbers: parametric maps (floats name no bits stored) and dose; null for all others. */
export function wideOf(imageId: string): Wide | null {
  const pixels = moduleOf("imagePixelModule", imageId);
  const bits = Number(pixels["bitsAllocated"]);
  const isFloat = pixels["bitsStored"] === undefined;
  const line = lineOf(imageId);
  if (bits === 64 && isFloat) {
    return { line, numbers: (bytes) => new Float64Array(bytes) };
  }
  if (bits !== 32 || Number(pixels["samplesPerPixel"] ?? 1) > 1) {
    return null;
  }
  const signed = pixels["pixelRepresentation"] === 1;
  const Kind = isFloat ? Float32Array : signed ? Int32Array : Uint32Array;
  return { line, numbers: (bytes) => new Kind(bytes) };
}

/** Return the values of stored numbers as floats, with their range. */
export function valuesOf(stored: ArrayLike<number>, { slope, intercept }: Line) {
  const values = new Float32Array(stored.length);
  let [min, max] = [Infinity, -Infinity];
  for (let at = 0; at < stored.length; at += 1) {
    const value = (stored[at] ?? 0) * slope + intercept;
    values[at] = value;
    min = value < min ? value : min;
    max = value > max ? value : max;
  }
  return { values, min, max };
}

/** A frame that came with its stored numbers, as one of values. */
export function scaledImage(image: Types.IImage, line: Line): Types.IImage {
  const { values, min, max } = valuesOf(image.getPixelData(), line);
  const preScale = {
    enabled: true,
    scaled: true,
    scalingParameters: { rescaleSlope: line.slope, rescaleIntercept: line.intercept, modality: DRAWN_AS },
  };
  const window = moduleOf("voiLutModule", image.imageId)["windowCenter"]
    ? {}
    : utilities.windowLevel.toWindowLevel(min, max);
  return Object.assign(image, window, {
    dataType: values.constructor.name,
    minPixelValue: min,
    maxPixelValue: max,
    preScale,
    sizeInBytes: values.byteLength,
    imageFrame: {
      ...image.imageFrame,
      preScale,
      pixelData: values,
      smallestPixelValue: min,
      largestPixelValue: max,
    },
    voxelManager: utilities.VoxelManager.createImageVoxelManager({
      scalarData: values,
      width: image.columns,
      height: image.rows,
      numberOfComponents: 1,
    }),
    getPixelData: () => values,
  } as unknown as Partial<Types.IImage>);
}
