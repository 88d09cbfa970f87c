/** Frames that could not be had: told once, as an event, by whoever asked for them. */

import { Enums, eventTarget } from "@cornerstonejs/core";

/** Reasons that the event has told. */
const told = new WeakSet<object>();

function note(event: Event): void {
  const { error } = (event as CustomEvent<{ error?: unknown }>).detail;
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
  window.addEventListener("unhandledrejection", (event) => {
    if (typeof event.reason === "object" && event.reason !== null && told.has(event.reason as object)) {
      event.preventDefault();
    }
  });
}
