/** What the commands of seeing do: layouts, slabs, colours, what ties panes together. */

import {
  LAYOUTS,
  maximised,
  needsVolume,
  type ColourMap,
  type LayoutName,
  type LayoutSpec,
  type PaneName,
  type PaneSpec,
  type Slab,
  type Slot,
} from "@/imaging";

import { fillSlots } from "./series";
import type { RoomSession } from "./session";
import { OVERLAYS, useRoom, type RoomState } from "./store";

/** The panes on the screen now. */
export function layoutNow({ layout, maximised: alone }: RoomState = useRoom.getState()): LayoutSpec {
  const spec = LAYOUTS[layout];
  return alone ? maximised(spec, alone) : spec;
}

/** Choose a layout and fill its empty slots with series of the case. */
export function setLayout(session: RoomSession, layout: LayoutName): void {
  const state = useRoom.getState();
  const spec = LAYOUTS[layout];
  const first = spec.panes[0];
  if (!first || (needsVolume(spec) && !state.regular)) {
    return;
  }
  useRoom.setState({ layout, maximised: null, activePane: first.id, views: {} });
  for (const [slot, wanted] of fillSlots(spec, session.reading, state)) {
    void session.openBeside(slot, wanted);
  }
}

/** Between a single stack and planes. */
export function toggleLayout(session: RoomSession): void {
  setLayout(session, needsVolume(LAYOUTS[useRoom.getState().layout]) ? "stack" : "mpr");
}

/** Planes with a 3-D pane beside them, or without. */
export function toggleSolid(session: RoomSession): void {
  setLayout(session, useRoom.getState().layout === "mpr3d" ? "mpr" : "mpr3d");
}

/** Give a pane the screen, or give it back. */
export function toggleMaximised(pane: PaneName): void {
  const { maximised: alone, layout } = useRoom.getState();
  if (alone) {
    useRoom.setState({ maximised: null });
  } else if (LAYOUTS[layout].panes.length > 1) {
    useRoom.setState({ maximised: pane, activePane: pane });
  }
}

/** The pane that keys act on: the one under the pointer, as long as it is on the screen. */
export function keyPane(state?: RoomState): PaneName {
  return activeSpec(state)?.id ?? "stack";
}

export function activeSpec(state: RoomState = useRoom.getState()): PaneSpec | undefined {
  const { panes } = layoutNow(state);
  return panes.find(({ id }) => id === state.activePane) ?? panes[0];
}

/** The slot that window, inversion and colours act on. */
export const activeSlot = (state?: RoomState): Slot => activeSpec(state)?.slot ?? "main";

export function setSlab(session: RoomSession, panes: readonly PaneName[], slab: Slab): void {
  const { slabs } = useRoom.getState();
  useRoom.setState({ slabs: { ...slabs, ...Object.fromEntries(panes.map((pane) => [pane, slab])) } });
  for (const pane of panes) {
    void session.viewer?.views.setSlab(pane, slab);
  }
}

export function setLinks(session: RoomSession, part: Partial<{ lines: boolean; linked: boolean }>): void {
  useRoom.setState(part);
  const { lines, linked } = useRoom.getState();
  const views = session.viewer?.views;
  if (views) {
    views.linesShown = lines;
    views.linked = linked;
    views.repaint();
  }
}

/** Series match as they stand now, or (false) as their positions say. */
export function matchSeries(session: RoomSession, here: boolean): void {
  const views = session.viewer?.views;
  if (here) {
    views?.matchHere();
  } else {
    views?.unmatch();
  }
  useRoom.setState({ matched: views?.matched ?? false });
}

/** Show a series in a slot; in the main one, marks are made on it from then on. */
export function showSeries(session: RoomSession, slot: Slot, seriesUid: string): void {
  if (slot !== "main") {
    void session.openBeside(slot, { seriesUid, volumeIndex: 0 });
  } else if (session.reading.series.some(({ series_uid }) => series_uid === seriesUid)) {
    void session.openSeries(seriesUid, 0); // a prior is never marked, so it never comes here
  }
}

/** Colours of a pane's series; in a fused pane, of the volume on top. */
export function setColours(session: RoomSession, { slot, fusion }: PaneSpec, colours: ColourMap): void {
  if (fusion) {
    useRoom.setState({ fusedColours: colours });
    session.viewer?.display.setFusion({ colours });
  } else {
    session.viewer?.display.setColours(colours, slot);
  }
}

/** Share of the second volume in fused panes, 0 to 1. */
export function setBlend(session: RoomSession, blend: number): void {
  useRoom.setState({ blend });
  session.viewer?.display.setFusion({ opacity: blend });
}

/** What is written over the images: nothing, the usual, or how they were made as well. */
export function nextOverlay(): void {
  const { overlay } = useRoom.getState();
  useRoom.setState({ overlay: OVERLAYS[(OVERLAYS.indexOf(overlay) + 1) % OVERLAYS.length] ?? "brief" });
}
