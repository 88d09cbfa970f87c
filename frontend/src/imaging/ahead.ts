/** Images fetched before anybody opens them. */

import { imageLoader } from "@cornerstonejs/core";

import { startEngine } from "./engine";
import { letGo, releaseIdle } from "./holding";
import { loadAhead } from "./loading";
import { frameOfReferenceOf, openImages } from "./source";
import type { ImageSource } from "./types";

/**
 * Fetch a series' metadata and its frames from the middle outwards, one at a time, up to `bytes`.
 *
 * The images stay until the returned function is called; `signal` stops the fetching. Opening the series meanwhile finds
 * what is there, and goes on with the rest.
 */
export async function fetchAhead(source: ImageSource, bytes: number, signal: AbortSignal): Promise<() => void> {
  await startEngine();
  const images = await openImages(source);
  const { volume, imageIds } = images;
  let held = true;
  const done = () => {
    if (held) {
      held = false;
      letGo(images);
    }
  };
  try {
    if (volume) {
      await loadAhead(volume as never, imageIds, bytes, signal);
    } else if (!signal.aborted) {
      await imageLoader.loadAndCacheImage(imageIds[Math.floor(imageIds.length / 2)] ?? "");
    }
  } catch {
    done(); // a frame that cannot be had is told when the case is opened
  }
  return done;
}

/** Give back what was fetched ahead, let go, and not opened. */
export const forgetAhead = releaseIdle;

/** Ask for a series' metadata; opening it finds the answer, or the error, and tells it. */
export function fetchMetadata(studyUid: string, seriesUid: string): void {
  frameOfReferenceOf(studyUid, seriesUid).catch(() => undefined);
}

/** Start the engine ahead. Where there is no WebGL, the room will say so. */
export function prepareImages(): void {
  startEngine().catch(() => undefined);
}
