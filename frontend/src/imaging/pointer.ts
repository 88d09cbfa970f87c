/** The hand on a pane: brush, window drag, crosshair, wheel. What it does not take, Cornerstone's tools get. */

import type { Pane } from "./pane";
import type { Modifiers } from "./tools/handTool";

type Point = readonly [number, number];

export interface PointerHost {
  /** The tool in hand is one of ours; otherwise the primary button is Cornerstone's. */
  readonly takesPrimary: boolean;
  down(pane: Pane, point: Point, keys: Modifiers): boolean;
  move(pane: Pane, points: readonly Point[]): void;
  up(pane: Pane): void;
  hover(pane: Pane, point: Point | null): void;
  wheel(pane: Pane, steps: number): void;
}

/** Listen on a pane; returns how to stop. */
export function listen(pane: Pane, host: PointerHost): () => void {
  const { element } = pane;
  const stop = new AbortController();
  let holding: number | null = null;
  let wheelRest = 0;
  /** Where the pane lies, while a button is held: to ask at every move makes the browser lay out the page each time. */
  let held: DOMRect | null = null;

  const pointOf = (event: MouseEvent): Point => {
    const box = held ?? element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const ours = (event: MouseEvent) => event.button === 0 && !event.ctrlKey && !event.metaKey && host.takesPrimary;

  const on = <Name extends keyof HTMLElementEventMap>(
    name: Name,
    listener: (event: HTMLElementEventMap[Name]) => void,
  ) => element.addEventListener(name, listener, { capture: true, signal: stop.signal, passive: false });

  on("pointerdown", (event) => {
    if (ours(event) && host.down(pane, pointOf(event), { alt: event.altKey, shift: event.shiftKey })) {
      holding = event.pointerId;
      held = element.getBoundingClientRect();
      element.setPointerCapture(event.pointerId);
    }
  });
  on("pointermove", (event) => {
    host.hover(pane, pointOf(event));
    if (holding === event.pointerId) {
      const steps = event.getCoalescedEvents();
      host.move(pane, (steps.length > 0 ? steps : [event]).map(pointOf));
    }
  });
  const release = (event: PointerEvent) => {
    if (holding === event.pointerId) {
      holding = null;
      held = null;
      host.up(pane);
    }
  };
  on("pointerup", release);
  on("pointercancel", release);
  on("lostpointercapture", release);
  on("pointerleave", () => host.hover(pane, null));
  for (const name of ["mousedown", "touchstart"] as const) {
    on(name, (event) => {
      if (!(event instanceof MouseEvent) || ours(event)) {
        event.stopImmediatePropagation();
      }
    });
  }
  on("mousemove", (event) => {
    if (holding !== null || event.buttons === 0) {
      event.stopImmediatePropagation(); // of Cornerstone's tools we use those that drag; hovering, they only cost time
    }
  });
  on("contextmenu", (event) => event.preventDefault());
  on("wheel", (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * 40;
    wheelRest = Math.sign(pixels) === Math.sign(wheelRest) ? wheelRest + pixels : pixels;
    const steps = Math.abs(pixels) >= 40 ? Math.sign(pixels) : Math.trunc(wheelRest / 40);
    if (steps !== 0) {
      wheelRest = 0;
      host.wheel(pane, steps);
    }
  });
  return () => stop.abort();
}
