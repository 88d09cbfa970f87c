/** The hand on a 3-D pane: drag rolls, the right button and the wheel zoom, the middle one or Ctrl shifts. */

import type { Tool } from "../types";

interface Actions {
  tool(): Tool;
  roll(dx: number, dy: number): void;
  shift(dx: number, dy: number): void;
  zoom(factor: number): void;
  /** A click with the crosshair in hand. */
  point(x: number, y: number): void;
}

type Way = "roll" | "shift" | "zoom";
/** A press that moves less than this is a click. */
const CLICK_PX = 4;

function wayOf(event: PointerEvent, tool: Tool): Way {
  if (event.button === 2) {
    return "zoom";
  }
  if (event.button === 1 || event.ctrlKey || event.metaKey) {
    return "shift";
  }
  return tool === "pan" ? "shift" : tool === "zoom" ? "zoom" : "roll";
}

export function listenSolid(element: HTMLElement, actions: Actions): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  let held: { id: number; way: Way; x: number; y: number; far: number } | null = null;
  element.addEventListener(
    "pointerdown",
    (event) => {
      held = { id: event.pointerId, way: wayOf(event, actions.tool()), x: event.clientX, y: event.clientY, far: 0 };
      element.setPointerCapture(event.pointerId);
      event.preventDefault();
    },
    { signal },
  );
  element.addEventListener(
    "pointermove",
    (event) => {
      if (held?.id !== event.pointerId) {
        return;
      }
      const [dx, dy] = [event.clientX - held.x, event.clientY - held.y];
      held = { ...held, x: event.clientX, y: event.clientY, far: held.far + Math.abs(dx) + Math.abs(dy) };
      if (held.way === "roll") {
        actions.roll(dx, dy);
      } else if (held.way === "shift") {
        actions.shift(dx, dy);
      } else {
        actions.zoom(Math.exp(-dy / 200));
      }
    },
    { signal },
  );
  const release = (event: PointerEvent) => {
    const before = held;
    held = null;
    if (before?.id === event.pointerId && before.far < CLICK_PX && event.type === "pointerup" && event.button === 0) {
      const box = element.getBoundingClientRect();
      if (actions.tool() === "crosshair") {
        actions.point(event.clientX - box.left, event.clientY - box.top);
      }
    }
  };
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"] as const) {
    element.addEventListener(name, release, { signal });
  }
  element.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
  element.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      actions.zoom(event.deltaY < 0 ? 1.1 : 1 / 1.1);
    },
    { signal, passive: false },
  );
  return () => stop.abort();
}
