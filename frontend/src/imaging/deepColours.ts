/**
 * Colours of more than 8 bits a channel: drawn by their upper 8 bits, read under the pointer as they are stored.
 *
 * Cornerstone 5.14 draws what exceeds a byte black, and of 32 bits one channel in grey.
 */

import { Enums, metaData, utilities, type Types } from "@cornerstonejs/core";

type Module = Readonly<Record<string, unknown>>;
type Stored = Uint16Array | Uint32Array;

const CHANNELS = 3;
const DRAWN_BITS = 8;
const WHITE = 255;

const moduleOf = (name: string, imageId: string): Module => (metaData.get(name, imageId) ?? {}) as Module;

/** How the colours of a frame lie in its bytes, once decoded. */
export interface Deep {
  readonly Kind: typeof Uint16Array | typeof Uint32Array;
  readonly bitsStored: number;
  /** All of one channel before the next, instead of pixel after pixel. */
  readonly byPlane: boolean;
}

const stored = new WeakMap<object, Stored>();

/** How to read the colours of a frame; null where they are bytes, or greys. */
export function deepOf(imageId: string): Deep | null {
  const pixels = moduleOf("imagePixelModule", imageId);
  const bits = Number(pixels["bitsAllocated"]);
  if (pixels["photometricInterpretation"] !== "RGB" || (bits !== 16 && bits !== 32)) {
    return null;
  }
  return {
    Kind: bits === 16 ? Uint16Array : Uint32Array,
    bitsStored: Number(pixels["bitsStored"] ?? bits),
    byPlane: pixels["planarConfiguration"] === 1, // the server decodes into what the header says
  };
}

/** Return red, green, blue of pixel after pixel: as they are stored, and by their upper 8 bits. */
export function coloursOf(bytes: ArrayBuffer, { Kind, bitsStored, byPlane }: Deep) {
  const given = new Kind(bytes);
  const pixels = given.length / CHANNELS;
  const colours = byPlane
    ? given.map((_, at) => given[(at % CHANNELS) * pixels + Math.floor(at / CHANNELS)] ?? 0)
    : given;
  const shift = Math.max(bitsStored - DRAWN_BITS, 0);
  return { colours, drawn: Uint8Array.from(colours, (value) => value >>> shift) };
}

/** What Cornerstone makes of a frame in colour, of its decoded little-endian bytes. */
export function deepImage(imageId: string, bytes: ArrayBuffer, deep: Deep): Types.IImage {
  const pixels = moduleOf("imagePixelModule", imageId);
  const plane = moduleOf("imagePlaneModule", imageId);
  const { colours, drawn } = coloursOf(bytes, deep);
  const [width, height] = [Number(pixels["columns"]), Number(pixels["rows"])];
  const size = { width, height, numberOfComponents: CHANNELS };
  const image = {
    ...size,
    imageId,
    dataType: drawn.constructor.name,
    color: true,
    rgba: false,
    columns: width,
    rows: height,
    columnPixelSpacing: plane["columnPixelSpacing"],
    rowPixelSpacing: plane["rowPixelSpacing"],
    calibration: moduleOf("calibrationModule", imageId),
    slope: 1,
    intercept: 0,
    invert: false,
    minPixelValue: 0,
    maxPixelValue: WHITE,
    ...utilities.windowLevel.toWindowLevel(0, WHITE),
    sizeInBytes: drawn.byteLength + colours.byteLength,
    imageQualityStatus: Enums.ImageQualityStatus.FULL_RESOLUTION,
    transferSyntaxUID: moduleOf("transferSyntax", imageId)["transferSyntaxUID"],
    voxelManager: utilities.VoxelManager.createImageVoxelManager({ ...size, scalarData: drawn }),
    imageFrame: { ...pixels, imageId, bitsAllocated: DRAWN_BITS, pixelData: drawn },
    getPixelData: () => drawn,
    getCanvas: undefined,
  } as unknown as Types.IImage;
  stored.set(image, colours);
  return image;
}

/** The stored colour of a pixel, where it is more than what is drawn; else null. */
export function storedColour(image: Types.IImage | undefined, column: number, row: number): readonly number[] | null {
  const colours = image && stored.get(image);
  const at = CHANNELS * (row * (image?.width ?? 0) + column);
  return colours ? [...colours.subarray(at, at + CHANNELS)] : null;
}
