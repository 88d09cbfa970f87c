/** Cine: the frames of a pane one after the other, over and over. */

import { frameRate } from "@/imaging";

import type { RoomSession } from "./session";
import { useRoom } from "./store";
import { keyPane } from "./viewCommands";

const USUAL_RATE = 15;
export const RATES = [1, 2, 5, 10, 15, 20, 25, 30, 40, 60] as const;

let timer: ReturnType<typeof setInterval> | undefined;

/** The frame after this one, the first after the last. */
export const nextFrame = (index: number, count: number): number => (index + 1 < count ? index + 1 : 0);

export function stopCine(): void {
  clearInterval(timer);
  timer = undefined;
  useRoom.setState({ cine: null });
}

/** Play the pane that keys act on, at the rate of its header unless another one is asked for, or stop. */
export function toggleCine(session: RoomSession): void {
  const pane = keyPane();
  if (useRoom.getState().cine?.pane === pane) {
    stopCine();
  } else {
    playCine(session, pane);
  }
}

export function playCine(session: RoomSession, pane: string, asked?: number): void {
  stopCine();
  const views = session.viewer?.views;
  const count = views?.stateOf(pane)?.sliceCount ?? 0;
  if (!views || count < 2) {
    return;
  }
  const rate = asked ?? frameRate(views.headerOf(pane)) ?? USUAL_RATE;
  useRoom.setState({ cine: { pane, rate } });
  timer = setInterval(() => {
    const state = views.stateOf(pane);
    if (!state) {
      stopCine(); // the pane is gone
      return;
    }
    views.goTo(pane, nextFrame(state.sliceIndex, state.sliceCount));
  }, 1000 / rate);
}
