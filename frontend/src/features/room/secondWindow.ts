/**
 * A second window on the same case, for a second monitor. It only shows: images in a layout of its own, and the marks as
 * they are saved. Both windows look at the same place: what is scrolled in one is followed in the other. It goes on to
 * the next case with the first.
 */

import { lookAtPlace, placeInView, type LayoutName, type Place, type Viewer } from "@/imaging";

import { newId } from "./codec";
import type { RoomSession, Second } from "./session";
import { useRoom } from "./store";
import { activeSpec, layoutNow } from "./viewCommands";

const PARAMETER = "window";
const KEY = "fiducial-window";
/** A window tells its place while a hand is in it: what moves afterwards follows the other one. */
const TOUCHED_MS = 1000;
const TOUCHES = ["pointermove", "pointerdown", "wheel", "keydown"] as const;

type Message =
  | { readonly kind: "hello" }
  | { readonly kind: "reading"; readonly reading: string }
  | { readonly kind: "place"; readonly reading: string; readonly space: string; readonly place: Place };

const chosen = (): string | null => new URLSearchParams(window.location.search).get(PARAMETER);

/** This page is a second window. */
export const isSecond = (): boolean => chosen() !== null;

let made = "";

/** The pair of windows that this one belongs to: a reload keeps it. */
function pair(): string {
  made ||= newId();
  try {
    const known = chosen() ?? sessionStorage.getItem(KEY) ?? made;
    sessionStorage.setItem(KEY, known);
    return known;
  } catch {
    return chosen() ?? made; // without storage a reload parts the windows
  }
}

const addressOf = (reading: string) => `/readings/${reading}?${PARAMETER}=${pair()}`;

/** Open the second window, or bring it to the front; false where the browser does not allow it. */
export function openSecond(reading: string): boolean {
  const { availWidth, availHeight } = window.screen;
  const place = `popup,left=${window.screenX + availWidth},width=${availWidth},height=${availHeight}`;
  const opened = window.open(addressOf(reading), `fiducial-${pair()}`, place);
  opened?.focus();
  return opened !== null;
}

/** The layout that was last chosen in this window: the next case opens in it. */
let layout: LayoutName | null = null;
export const asSecond = (): Second | null => (isSecond() ? { layout } : null);

/** What the pane in hand looks at, else the first pane of the main series. */
function placeHere(viewer: Viewer): Place | null {
  const panes = [activeSpec(), ...layoutNow().panes];
  const pane = panes.find((one) => one?.slot === "main" && one.kind !== "volume");
  return pane ? placeInView(viewer, pane.id) : null;
}

/** Bring a place of the other window into view, also on other images of the same space. */
function lookThere(viewer: Viewer, { place, space }: { place: Place; space: string }): void {
  const same = space !== "" && space === viewer.marked?.frameOfReference;
  if (!lookAtPlace(viewer, place) && same && place.pointLps) {
    viewer.views.lookAt(place.pointLps);
  }
}

/** Tie the windows of a pair together; `follow` brings another reading here. Returns how to part them. */
export function joinWindows(
  { reading }: Pick<RoomSession, "reading">,
  viewer: Viewer,
  follow: (address: string) => void,
): () => void {
  const channel = new BroadcastChannel(`${KEY}-${pair()}`);
  const second = isSecond();
  let [touched, told] = [-Infinity, ""];
  const note = () => {
    touched = performance.now();
  };
  const tell = (message: Message) => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel has no target origin
    channel.postMessage(message);
  };
  const tellPlace = (again = false) => {
    const place = placeHere(viewer);
    const text = JSON.stringify(place);
    if (place && (again || text !== told)) {
      told = text;
      tell({ kind: "place", reading: reading.id, space: viewer.marked?.frameOfReference ?? "", place });
    }
  };
  const heard = ({ data }: MessageEvent<Message>) => {
    if (data.kind === "hello" && !second) {
      tell({ kind: "reading", reading: reading.id });
      tellPlace(true);
    } else if (data.kind === "reading" && second && data.reading !== reading.id) {
      follow(addressOf(data.reading));
    } else if (data.kind === "place" && data.reading === reading.id && useRoom.getState().linked) {
      lookThere(viewer, data);
    }
  };
  const moved = viewer.events.on("view", () => {
    if (performance.now() - touched < TOUCHED_MS && useRoom.getState().linked) {
      tellPlace();
    }
  });
  const watched = useRoom.subscribe((now, before) => {
    if (second && now.imagesReady && !before.imagesReady) {
      tell({ kind: "hello" });
    }
    if (now.layout !== before.layout) {
      ({ layout } = now);
    }
  });
  channel.addEventListener("message", heard);
  if (second && useRoom.getState().imagesReady) {
    tell({ kind: "hello" });
  }
  TOUCHES.forEach((type) => window.addEventListener(type, note, { capture: true, passive: true }));
  if (!second) {
    tell({ kind: "reading", reading: reading.id });
  }
  return () => {
    moved();
    watched();
    TOUCHES.forEach((type) => window.removeEventListener(type, note, { capture: true }));
    channel.close();
  };
}
