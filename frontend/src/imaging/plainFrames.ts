/**
 * Frames that come as numbers, read straight into their place in the volume's array: whole greys of 16 bits.
 *
 * Cornerstone 5.14 sends every frame to a worker and back and copies it four times, which on a fast line is most of the
 * time that a CT takes to come. All other frames (compressed, coloured) go that way; those scaled by
 * fractions come unscaled that way (see fractions.ts).
 */

import { Enums, imageLoader, metaData, utilities, type Types } from "@cornerstonejs/core";
import { wadors } from "@cornerstonejs/dicom-image-loader";

import { ask, BrokenFrameError, frameError } from "./answers";
import { deepImage, deepOf, type Deep } from "./deepColours";
import { DRAWN_AS, fractionsOf, scaledImage, valuesOf, wideOf, type Line, type Wide } from "./fractions";
import { placeOf } from "./onePiece";
import { takeArriving } from "./together";
import { DECODED, frameHeaders, type Asked } from "./transfer";

type Whole = Int16Array | Uint16Array;

/** How the stored numbers of a frame become values. */
export interface Scaling {
  readonly signed: boolean;
  readonly bitsStored: number;
  readonly slope: number;
  readonly intercept: number;
}

/** The part of a loader's options that says which frame of which volume is meant. */
export interface Options {
  readonly additionalDetails?: { readonly volumeId?: string; readonly imageIdIndex?: number };
  readonly targetBuffer?: unknown;
  readonly preScale?: { readonly enabled: boolean };
}

type Module = Readonly<Record<string, unknown>>;
const moduleOf = (name: string, imageId: string): Module => (metaData.get(name, imageId) ?? {}) as Module;
const GREYS: readonly unknown[] = ["MONOCHROME1", "MONOCHROME2"];
/** Their values depend on more than slope and intercept. */
const SCALED_OTHERWISE: readonly unknown[] = ["PT", "RTDOSE"];

/** Return how a frame's numbers become values, or null where that takes more than whole slope and intercept. */
export function scalingOf(imageId: string): Scaling | null {
  const pixels = moduleOf("imagePixelModule", imageId);
  const lut = moduleOf("modalityLutModule", imageId);
  const [slope, intercept] = [lut["rescaleSlope"] ?? 1, lut["rescaleIntercept"] ?? 0];
  const plain =
    pixels["bitsAllocated"] === 16 &&
    pixels["samplesPerPixel"] === 1 &&
    GREYS.includes(pixels["photometricInterpretation"]) &&
    !SCALED_OTHERWISE.includes(moduleOf("generalSeriesModule", imageId)["modality"]) &&
    !(lut["modalityLUTSequence"] as readonly unknown[] | undefined)?.length;
  if (!plain || !Number.isInteger(slope) || !Number.isInteger(intercept)) {
    return null;
  }
  const bitsStored = Number(pixels["bitsStored"] ?? 16);
  return {
    signed: pixels["pixelRepresentation"] === 1,
    bitsStored,
    slope: Number(slope),
    intercept: Number(intercept),
  };
}

/** Write the values of stored little-endian numbers into `place`; null when one of them does not fit into its type. */
export function readInto(
  place: Whole,
  bytes: ArrayBuffer,
  scaling: Scaling,
): { readonly min: number; readonly max: number } | null {
  const { signed, bitsStored, slope, intercept } = scaling;
  const stored = signed ? new Int16Array(bytes) : new Uint16Array(bytes);
  if (stored.length !== place.length) {
    return null;
  }
  const shift = signed ? 32 - bitsStored : 0; // bits above the stored ones may hold anything
  let [least, most] = [Infinity, -Infinity];
  for (let at = 0; at < stored.length; at += 1) {
    const value = (((stored[at] ?? 0) << shift) >> shift) * slope + intercept;
    place[at] = value;
    least = value < least ? value : least;
    most = value > most ? value : most;
  }
  const [low, high] = place instanceof Int16Array ? [-32_768, 32_767] : [0, 65_535];
  return least >= low && most <= high ? { min: least, max: most } : null;
}

/** A frame that is read in this way. */
interface Plain extends Asked {
  readonly place: Whole;
  readonly scaling: Scaling;
}

function plainOf(imageId: string, options: Options): Plain | null {
  const place = placeOf(options.additionalDetails);
  const scaling = place && scalingOf(imageId);
  const asked = frameHeaders(imageId);
  return place && scaling && asked.comes !== "encoded" ? { place, scaling, ...asked } : null;
}

/** How many bytes are stored of a frame that is read in this way, and may come with others; null for all others. */
export function plainBytes(imageId: string, options: Options = {}): number | null {
  const otherwise = deepOf(imageId) || wideOf(imageId) || fractionsOf(imageId);
  const plain = otherwise ? null : plainOf(imageId, options);
  return plain?.comes === "stored" ? plain.place.byteLength : null;
}

/** Read frames in this way where it can be done. */
export function readPlainFrames(): void {
  const others = wadors.loadImage as unknown as (imageId: string, options?: Options) => Types.IImageLoadObject;
  const whole = (imageId: string, options: Options): Types.IImageLoadObject => {
    const { promise, ...rest } = others(imageId, options);
    return { ...rest, promise: promise.then(checked, refused) };
  };
  const load = (imageId: string, options: Options = {}): Types.IImageLoadObject => {
    const deep = deepOf(imageId);
    if (deep) {
      return { promise: readDeep(imageId, deep) };
    }
    const wide = wideOf(imageId);
    if (wide) {
      return { promise: readWide(imageId, wide) };
    }
    const line = fractionsOf(imageId);
    if (line) {
      const { promise } = whole(imageId, { ...options, targetBuffer: undefined, preScale: { enabled: false } });
      return { promise: promise.then((image) => scaledImage(image, line)) };
    }
    const plain = plainOf(imageId, options);
    if (!plain) {
      return whole(imageId, options);
    }
    const promise = read(imageId, plain);
    return { promise: promise.then((image) => image ?? whole(imageId, options).promise) };
  };
  imageLoader.registerImageLoader("wadors", load as never);
}

/** Refuse a picture of another size than the header says: a decoder that failed may give none, or the one before. */
function checked(image: Types.IImage): Types.IImage {
  const { rows, columns } = moduleOf("imagePixelModule", image.imageId);
  const few = image.getPixelData().length < Number(rows) * Number(columns);
  if (image.rows !== rows || image.columns !== columns || few) {
    throw new BrokenFrameError();
  }
  return image;
}

/** What a decoder says may be a mere text, of which nobody can tell later whether it was told (see failures.ts). */
function refused(reason: unknown): never {
  throw frameError(reason);
}

const fetched = (imageId: string, accept: string) => ask(imageId.slice("wadors:".length), accept, "a frame");

/** Fetch a frame of numbers that take 32 bits or more. */
async function readWide(imageId: string, { line, numbers }: Wide): Promise<Types.IImage> {
  const response = await fetched(imageId, DECODED);
  const { values, min, max } = valuesOf(numbers(await response.arrayBuffer()), line);
  return imageOf(imageId, values, line, { min, max });
}

/** Fetch a frame in colours of more than 8 bits. */
async function readDeep(imageId: string, deep: Deep): Promise<Types.IImage> {
  const response = await fetched(imageId, DECODED);
  return deepImage(imageId, await response.arrayBuffer(), deep);
}

/** Fetch a frame into its place, or take it from those that come together; null when it is not what its header says. */
async function read(imageId: string, { place, scaling, accept }: Plain): Promise<Types.IImage | null> {
  const bytes = (await takeArriving(imageId)) ?? (await readAlone(imageId, accept));
  const range = bytes && readInto(place, bytes, scaling);
  return range && imageOf(imageId, place, scaling, range);
}

async function readAlone(imageId: string, accept: string): Promise<ArrayBuffer | null> {
  const response = await fetched(imageId, accept);
  const type = response.headers.get("Content-Type") ?? "";
  const numbers = /^application\/octet-stream.*1\.2\.840\.10008\.1\.2(\.1)?$/.test(type);
  return numbers ? response.arrayBuffer() : null;
}

/** What Cornerstone makes of a frame. */
function imageOf(
  imageId: string,
  place: Whole | Float32Array,
  { slope, intercept }: Line,
  { min, max }: { readonly min: number; readonly max: number },
): Types.IImage {
  const pixels = moduleOf("imagePixelModule", imageId);
  const plane = moduleOf("imagePlaneModule", imageId);
  const voi = moduleOf("voiLutModule", imageId);
  const first = (value: unknown) => (Array.isArray(value) ? Number(value[0]) : undefined);
  const [width, height] = [Number(pixels["columns"]), Number(pixels["rows"])];
  const preScale = {
    enabled: true,
    scaled: true,
    scalingParameters: {
      rescaleSlope: slope,
      rescaleIntercept: intercept,
      ...(place instanceof Float32Array ? { modality: DRAWN_AS } : {}),
    },
  };
  const own = utilities.windowLevel.toWindowLevel(min, max);
  return {
    imageId,
    dataType: place.constructor.name,
    color: false,
    rgba: false,
    numberOfComponents: 1,
    columns: width,
    rows: height,
    width,
    height,
    columnPixelSpacing: plane["columnPixelSpacing"],
    rowPixelSpacing: plane["rowPixelSpacing"],
    calibration: moduleOf("calibrationModule", imageId),
    slope,
    intercept,
    preScale,
    invert: pixels["photometricInterpretation"] === "MONOCHROME1",
    minPixelValue: min,
    maxPixelValue: max,
    windowCenter: first(voi["windowCenter"]) ?? own.windowCenter,
    windowWidth: first(voi["windowWidth"]) ?? own.windowWidth,
    voiLUTFunction: voi["voiLUTFunction"],
    sizeInBytes: place.byteLength,
    imageQualityStatus: Enums.ImageQualityStatus.FULL_RESOLUTION,
    transferSyntaxUID: moduleOf("transferSyntax", imageId)["transferSyntaxUID"],
    voxelManager: utilities.VoxelManager.createImageVoxelManager({
      scalarData: place,
      width,
      height,
      numberOfComponents: 1,
    }),
    imageFrame: { ...pixels, imageId, preScale, pixelData: place, smallestPixelValue: min, largestPixelValue: max },
    getPixelData: () => place,
    getCanvas: undefined,
  } as unknown as Types.IImage;
}
