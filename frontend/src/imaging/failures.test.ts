import { Enums, eventTarget } from "@cornerstonejs/core";
import { expect, it } from "vitest";

import { hearFailures } from "./failures";

/** Dispatch what the browser does for a promise that nobody listens to; returns whether it counts as an error. */
function uncaught(reason: unknown): boolean {
  const event = Object.assign(new Event("unhandledrejection", { cancelable: true }), { reason });
  return window.dispatchEvent(event);
}

it("takes a failed frame that was told by the event as told, and nothing else", () => {
  hearFailures();
  const [frame, other] = [new XMLHttpRequest(), new Error("a defect")];
  expect(uncaught(frame)).toBe(true);
  eventTarget.dispatchEvent(
    new CustomEvent(Enums.Events.IMAGE_LOAD_FAILED, { detail: { imageId: "wadors:1", error: frame } }),
  );
  expect(uncaught(frame)).toBe(false);
  expect([other, "text", null].map(uncaught)).toEqual([true, true, true]);
});
