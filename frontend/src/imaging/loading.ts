/** The order in which the frames of a volume come: those nearest to what is in view first. */

import { cache, imageLoader, utilities, type Types } from "@cornerstonejs/core";

import { moveIntoPlace } from "./onePiece";
import { plainBytes } from "./plainFrames";
import { fetchTogether, framesAtOnce } from "./together";

/**
 * Frames that are on their way at once. Browsers keep six connections to a server (HTTP/1.1); one is left for what the
 * reader does meanwhile, so that no stroke waits behind images.
 */
const AT_ONCE = 5;
/** Requests for several frames that are on their way at once: while one ends, the next has begun. */
const TOGETHER_AT_ONCE = 2;

/** The part of a streaming volume that is told of its frames. */
interface Listener {
  readonly volumeId: string;
  readonly loadStatus?: { readonly cancelled?: boolean };
  getLoaderImageOptions(imageId: string): Record<string, unknown> | undefined;
  successCallback(imageId: string, image: unknown): void;
  errorCallback(imageId: string, permanent: boolean, error: unknown): void;
}

/** The frame of each volume that was last in view. */
const inView = new Map<string, number>();

/** A pane shows this frame of a volume: those near it are loaded next. */
export function noteView(volumeId: string, frame: number): void {
  inView.set(volumeId, frame);
}

export function forgetView(volumeId: string): void {
  inView.delete(volumeId);
}

type Arrival = (volumeId: string, index: number) => void;
const waitingFor = new Set<Arrival>();

/** Listen to frames of volumes that have come; returns how to stop. */
export function onFrame(listener: Arrival): () => void {
  waitingFor.add(listener);
  return () => waitingFor.delete(listener);
}

/** Put a frame that has come into its volume, and tell. */
function settle(volume: Listener, index: number, image: Types.IImage): void {
  moveIntoPlace(volume, index, image);
  volume.successCallback(image.imageId, image);
  waitingFor.forEach((listener) => listener(volume.volumeId, index));
}

/** Take the waiting frame that is nearest to `centre` out of `waiting` (indices in rising order); -1 from an empty list. */
export function takeNearest(waiting: number[], centre: number): number {
  if (waiting.length === 0) {
    return -1;
  }
  let [low, high] = [0, waiting.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((waiting[middle] ?? 0) < centre) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  const [below, above] = [waiting[low - 1], waiting[low]];
  const at = below === undefined || (above !== undefined && above - centre < centre - below) ? low : low - 1;
  return waiting.splice(at, 1)[0] ?? -1;
}

async function loadOne(imageId: string, index: number, listener: Listener): Promise<void> {
  const options = listener.getLoaderImageOptions(imageId);
  try {
    settle(listener, index, await imageLoader.loadAndCacheImage(imageId, options as never));
  } catch (error) {
    listener.errorCallback(imageId, true, error);
  }
}

/** Take the frames that come next, nearest to the view first: several where they can come in one request. */
function takeNext(waiting: number[], imageIds: readonly string[], listener: Listener): readonly number[] {
  const centre = inView.get(listener.volumeId) ?? Math.floor(imageIds.length / 2);
  const taken = [takeNearest(waiting, centre)];
  const first = imageIds[taken[0] ?? -1] ?? "";
  const bytes = cache.getImageLoadObject(first) ? null : plainBytes(first, listener.getLoaderImageOptions(first));
  if (bytes === null) {
    return taken;
  }
  const least = Math.min(framesAtOnce(bytes), waiting.length + 1);
  while (taken.length < least) {
    taken.push(takeNearest(waiting, centre));
  }
  const missing = taken.map((index) => imageIds[index] ?? "").filter((imageId) => !cache.getImageLoadObject(imageId));
  fetchTogether(missing, bytes);
  return taken;
}

async function loadImages(imageIds: readonly string[], listener: Listener): Promise<boolean> {
  const waiting = imageIds.map((_, index) => index);
  const middle = Math.floor(imageIds.length / 2);
  const load = (indices: readonly number[]) =>
    Promise.all(indices.map((index) => loadOne(imageIds[index] ?? "", index, listener)));
  await load([takeNearest(waiting, inView.get(listener.volumeId) ?? middle)]); // nothing takes bandwidth from it
  await new Promise<void>((resolve) => {
    let [running, atOnce] = [0, AT_ONCE];
    const go = () => {
      while (waiting.length > 0 && !listener.loadStatus?.cancelled && running < atOnce) {
        const indices = takeNext(waiting, imageIds, listener);
        atOnce = indices.length > 1 ? TOGETHER_AT_ONCE : AT_ONCE;
        running += 1;
        void load(indices).then(() => {
          running -= 1;
          go();
        });
      }
      if (running === 0) {
        resolve();
      }
    };
    go();
  });
  return !listener.loadStatus?.cancelled;
}

/** Make every streaming volume load in this order. */
export function loadFromView(): void {
  utilities.imageRetrieveMetadataProvider.add("volume", { create: () => ({ loadImages }) } as never);
}

let pressed = false;

/** Begin to look whether a hand draws or drags. */
export function watchHand(): void {
  const note = ({ type, buttons }: PointerEvent) => {
    pressed = type === "pointerdown" || (type === "pointerup" && buttons !== 0);
  };
  ["pointerdown", "pointerup", "pointercancel"].forEach((type) => window.addEventListener(type, note as never, true));
}

const HAND_MS = 100;
const IDLE_MS = 500;

/** Resolves when no button is held and the page has nothing to do: what comes ahead of time must not be felt. */
function idle(): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (pressed) {
        setTimeout(look, HAND_MS);
      } else if ("requestIdleCallback" in window) {
        requestIdleCallback(() => resolve(), { timeout: IDLE_MS });
      } else {
        setTimeout(resolve); // Safari
      }
    };
    look();
  });
}

/**
 * Load the frames nearest to the middle, one after the other, until `bytes` are in or `signal` aborts. The volume counts
 * them as its own, so that panes draw them at once and nothing is left to do where all of them are here.
 */
export async function loadAhead(
  volume: Listener & { totalNumFrames: number },
  imageIds: readonly string[],
  bytes: number,
  signal: AbortSignal,
) {
  volume.totalNumFrames = imageIds.length; // Cornerstone sets it when it begins to load
  const waiting = imageIds.map((_, index) => index);
  const middle = (imageIds.length - 1) / 2; // of an even number, the one below and the one above come first
  let loaded = 0;
  while (waiting.length > 0 && loaded < bytes && !signal.aborted) {
    const index = takeNearest(waiting, middle);
    const imageId = imageIds[index] ?? "";
    const image = await imageLoader.loadAndCacheImage(imageId, volume.getLoaderImageOptions(imageId) as never);
    settle(volume, index, image);
    loaded += image.sizeInBytes;
    if (loaded < bytes) {
      await idle();
    }
  }
}
