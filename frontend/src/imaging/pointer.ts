/** The hand on a pane: brush, window drag, crosshair, wheel. What it does not take, Cornerstone's tools get. */

import type { Pane } from "./pane";
import type { Tool } from "./types";

type Point = readonly [number, number];

export interface PointerHost {
  tool(): Tool;
  down(pane: Pane, point: Point): boolean;
  move(pane: Pane, points: readonly Point[]): void;
  up(pane: Pane): void;
  hover(pane: Pane, point: Point | null): void;
  wheel(pane: Pane, steps: number): void;
}

const OWN_TOOLS: ReadonlySet<Tool> = new Set(["brush", "eraser", "window", "crosshair"]);

/** Listen on a pane; returns how to stop. */
export function listen(pane: Pane, host: PointerHost): () => void {
  const { element } = pane;
  const stop = new AbortController();
  let holding: number | null = null;
  let wheelRest = 0;

  const pointOf = (event: MouseEvent): Point => {
    const box = element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const ours = (event: MouseEvent) =>
    event.button === 0 && !event.ctrlKey && !event.metaKey && OWN_TOOLS.has(host.tool());

  const on = <Name extends keyof HTMLElementEventMap>(
    name: Name,
    listener: (event: HTMLElementEventMap[Name]) => void,
  ) => element.addEventListener(name, listener, { capture: true, signal: stop.signal, passive: false });

  on("pointerdown", (event) => {
    if (ours(event) && host.down(pane, pointOf(event))) {
      holding = event.pointerId;
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
