/** Frames that could not be had: told once, as an event, by whoever asked for them; which they are is remembered. */

import { Enums, eventTarget } from "@cornerstonejs/core";

import { frameError, isBroken } from "./answers";

/** Reasons that the event has told. */
const told = new WeakSet<object>();

/** Frames that failed, and have not come since, and why. */
const missing = new Map<string, Error>();

/** Whether a frame could not be had, so that there is no picture of it. */
export const isMissing = (imageId: string | undefined): boolean => imageId !== undefined && missing.has(imageId);

/** Whether a frame is missing because it is broken. */
export function isBrokenFrame(imageId: string): boolean {
  const error = missing.get(imageId);
  return error !== undefined && isBroken(error);
}

function note(event: Event): void {
  const { error, imageId } = (event as CustomEvent<{ error?: unknown; imageId?: string }>).detail;
  if (imageId) {
    missing.set(imageId, frameError(error));
  }
  if (typeof error === "object" && error !== null) {
    told.add(error);
  }
}

/**
 * Every load that fails is told by IMAGE_LOAD_FAILED, which the slots pass on to the reader, and rejects the promise
 * that the caller has. Cornerstone 5.14 rejects two more that it keeps to itself and nobody can listen to: the one that
 * puts a frame into its cache, and the one by which a stack goes on to a frame. Left alone, each would be an uncaught
 * error of the page: a server that starts anew, or a page that is left while images are loading, made dozens.
 */
export function hearFailures(): void {
  eventTarget.addEventListener(Enums.Events.IMAGE_LOAD_FAILED, note);
  eventTarget.addEventListener(Enums.Events.IMAGE_LOAD_ERROR, note);
  eventTarget.addEventListener(Enums.Events.IMAGE_LOADED, (event: Event) => {
    missing.delete((event as CustomEvent<{ image: { imageId: string } }>).detail.image.imageId);
  });
  window.addEventListener("unhandledrejection", (event) => {
    if (typeof event.reason === "object" && event.reason !== null && told.has(event.reason as object)) {
      event.preventDefault();
    }
  });
}
