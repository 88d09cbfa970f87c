/**
 * All voxels of a volume in one array, of which the frames are parts.
 *
 * Cornerstone 5.14 keeps a buffer for each frame, and its CPU path makes a copy of the whole volume for every pane, anew
 * after each frame that arrives. Three planes of 1,500 slices held 3 GB so. Here panes and frames share one array.
 */

import { cache, utilities, type Types } from "@cornerstonejs/core";

type Voxels = Uint8Array | Int16Array | Uint16Array | Float32Array;
const ARRAYS: Readonly<Record<string, new (length: number) => Voxels>> = {
  Uint8Array,
  Int16Array,
  Uint16Array,
  Float32Array,
};

const pieces = new WeakMap<object, Voxels>();

/** The part of a volume that matters here. */
interface Volume {
  readonly dataType?: string | undefined;
  readonly dimensions: readonly number[];
  readonly voxelManager?: unknown;
}

/** Give a volume that holds no voxels yet its one array. Colours, and volumes too large for one, stay as they are. */
export function holdInOnePiece(volume: Volume): void {
  const voxels = volume.voxelManager as { readonly numberOfComponents: number } | undefined;
  const Kind = ARRAYS[volume.dataType ?? ""];
  if (!voxels || voxels.numberOfComponents !== 1 || !Kind || pieces.has(volume)) {
    return;
  }
  const [columns = 0, rows = 0, slices = 0] = volume.dimensions;
  let whole: Voxels;
  try {
    whole = new Kind(columns * rows * slices);
  } catch (error) {
    if (error instanceof RangeError) {
      return; // more than the browser gives in one piece
    }
    throw error;
  }
  pieces.set(volume, whole);
  // Without these, the volume asks its first frame, which may be the last to come.
  Object.assign(voxels, {
    getCompleteScalarDataArray: () => whole,
    _getConstructor: () => Kind,
    _getScalarDataLength: () => whole.length,
  });
}

/** The part of a volume's array that belongs to one of its frames, where values are whole numbers of 16 bits. */
export function placeOf(
  frame: { readonly volumeId?: string; readonly imageIdIndex?: number } | undefined,
): Int16Array | Uint16Array | null {
  const volume = cache.getVolume(frame?.volumeId ?? "");
  const whole = volume && pieces.get(volume);
  if (!(whole instanceof Int16Array || whole instanceof Uint16Array) || frame?.imageIdIndex === undefined) {
    return null;
  }
  const [columns = 0, rows = 0] = volume?.dimensions ?? [];
  const begin = frame.imageIdIndex * columns * rows;
  return whole.subarray(begin, begin + columns * rows);
}

const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  Uint8Array: [0, 255],
  Int16Array: [-32_768, 32_767],
  Uint16Array: [0, 65_535],
};

/** Copy numbers into an array of another kind: what it cannot hold becomes the nearest that it can, and never wraps. */
export function fit(numbers: ArrayLike<number>, place: Voxels): void {
  const [low, high] = RANGES[place.constructor.name] ?? [-Infinity, Infinity];
  const whole = Number.isFinite(high);
  for (let at = 0; at < place.length; at += 1) {
    const number = Math.min(high, Math.max(low, numbers[at] ?? 0));
    place[at] = whole ? Math.round(number) : number;
  }
}

/** Move the pixels of a frame into their place in the volume's array. */
export function moveIntoPlace(volume: object, index: number, image: Types.IImage): void {
  const whole = pieces.get(volume);
  const pixels = image.voxelManager?.getScalarData() as Voxels | undefined;
  if (!whole || !pixels || pixels.buffer === whole.buffer) {
    return;
  }
  const begin = index * pixels.length;
  const place = whole.subarray(begin, begin + pixels.length);
  if (pixels.constructor !== whole.constructor) {
    fit(pixels, place); // other numbers than the volume was made for: the frame keeps its own
    return;
  }
  place.set(pixels);
  image.voxelManager = utilities.VoxelManager.createImageVoxelManager({
    scalarData: place,
    width: image.columns,
    height: image.rows,
    numberOfComponents: 1,
  }) as never;
  image.imageFrame = { ...image.imageFrame, pixelData: place } as never;
  image.getPixelData = () => place;
}

/** The volume is not used any more: whoever still has it keeps no voxels with it. */
export function letPieceGo(volume: Volume): void {
  const whole = pieces.get(volume);
  const voxels = volume.voxelManager as { invalidateCache?: () => void } | undefined;
  if (whole && voxels) {
    pieces.delete(volume);
    const none = whole.slice(0, 0);
    Object.assign(voxels, {
      getCompleteScalarDataArray: () => none,
      _getConstructor: () => none.constructor,
      _getScalarDataLength: () => 0,
    });
    voxels.invalidateCache?.();
  }
}
