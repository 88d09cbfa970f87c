/** What the room's commands do; buttons and keys come here alike. */

import { presetsFor, toRange, type PaneName, type Tool, type Viewer, type WindowPresetName } from "@/imaging";

import type { Command } from "./hotkeys";
import type { RoomSession } from "./session";
import { useRoom } from "./store";

const RADIUS_STEPS = [0.5, 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50] as const;

/** The next radius in a row that grows with the size. */
export function stepRadius(radiusMm: number, up: boolean): number {
  const next = up
    ? RADIUS_STEPS.find((step) => step > radiusMm + 1e-6)
    : RADIUS_STEPS.findLast((step) => step < radiusMm - 1e-6);
  return next ?? radiusMm;
}

const TOOLS: ReadonlySet<string> = new Set<Tool>(["window", "brush", "eraser", "length", "crosshair", "pan", "zoom"]);
const EDITING: ReadonlySet<string> = new Set(["brush", "eraser", "length"]);

/** Bring tool, brush and masks of the store into the viewer. */
export function applyTools(viewer: Viewer): void {
  const { tool, radiusMm, sphere, label, labels, opacity, masksShown } = useRoom.getState();
  viewer.setLabels(labels);
  viewer.setOpacity(opacity);
  viewer.setMasksShown(masksShown);
  viewer.setBrush({ radiusMm, sphere, label });
  viewer.setTool(tool);
}

export function setTool(session: RoomSession, tool: Tool): void {
  const { mayEdit, scaled } = useRoom.getState();
  if ((EDITING.has(tool) && !mayEdit) || (tool === "length" && !scaled)) {
    return;
  }
  useRoom.setState({ tool });
  session.viewer?.setTool(tool);
}

export function setBrush(
  session: RoomSession,
  part: Partial<{ radiusMm: number; sphere: boolean; label: number }>,
): void {
  useRoom.setState(part);
  const { radiusMm, sphere, label } = useRoom.getState();
  session.viewer?.setBrush({ radiusMm, sphere, label });
}

export function setOpacity(session: RoomSession, opacity: number): void {
  useRoom.setState({ opacity });
  session.viewer?.setOpacity(opacity);
}

export function toggleMasks(session: RoomSession): void {
  const masksShown = !useRoom.getState().masksShown;
  useRoom.setState({ masksShown });
  session.viewer?.setMasksShown(masksShown);
}

export function setPreset(session: RoomSession, modality: string, name: WindowPresetName): void {
  const preset = presetsFor(modality).find((candidate) => candidate.name === name);
  if (preset) {
    session.viewer?.setWindow(toRange(preset.center, preset.width));
  } else {
    session.viewer?.resetWindow();
  }
}

export function toggleLayout(): void {
  const { layout, regular } = useRoom.getState();
  if (regular) {
    const next = layout === "mpr" ? "stack" : "mpr";
    useRoom.setState({ layout: next, activePane: next === "mpr" ? "axial" : "stack", views: {} });
  }
}

/** The pane that keys act on: the one under the pointer, as long as it is on the screen. */
export function keyPane(): PaneName {
  const { layout, activePane } = useRoom.getState();
  return layout === "stack" ? "stack" : activePane === "stack" ? "axial" : activePane;
}

/** Commands beyond the viewer that the page provides. */
export interface PageCommands {
  readonly nextCase: () => void;
  readonly focusForm: () => void;
}

/** Carry out a command. */
export function run(session: RoomSession, command: Command, digit: number, page: PageCommands): void {
  const { viewer } = session;
  const state = useRoom.getState();
  const pane = keyPane();
  const count = state.views[pane]?.sliceCount ?? 1;
  if (TOOLS.has(command)) {
    setTool(session, command as Tool);
    return;
  }
  const actions: Partial<Record<Command, () => void>> = {
    sphere: () => setBrush(session, { sphere: !state.sphere }),
    smaller: () => setBrush(session, { radiusMm: stepRadius(state.radiusMm, false) }),
    larger: () => setBrush(session, { radiusMm: stepRadius(state.radiusMm, true) }),
    undo: () => viewer?.undo(),
    redo: () => viewer?.redo(),
    label: () => chooseLabel(session, digit),
    masks: () => toggleMasks(session),
    nextMarked: () => viewer?.nextWithLabel(state.label),
    previousSlice: () => viewer?.views.scroll(pane, -1),
    nextSlice: () => viewer?.views.scroll(pane, 1),
    back10: () => viewer?.views.scroll(pane, -10),
    forward10: () => viewer?.views.scroll(pane, 10),
    first: () => viewer?.views.goTo(pane, 0),
    last: () => viewer?.views.goTo(pane, count - 1),
    layout: toggleLayout,
    fit: () => viewer?.views.fit(),
    invert: () => viewer?.toggleInvert(),
    reset: () => viewer?.reset(),
    rotate: () => viewer?.views.rotate(pane),
    flip: () => viewer?.views.flip(pane),
    strip: () => useRoom.setState({ stripOpen: !state.stripOpen }),
    panel: () => useRoom.setState({ panelOpen: !state.panelOpen }),
    history: () => useRoom.setState({ historyOpen: !state.historyOpen }),
    help: () => useRoom.setState({ helpOpen: !state.helpOpen }),
    submit: () => useRoom.setState({ submitOpen: state.mayEdit }),
    form: page.focusForm,
    nextCase: page.nextCase,
  };
  actions[command]?.();
}

/** Choose the n-th label (from 1) and take the brush (the eraser knows no label). */
export function chooseLabel(session: RoomSession, digit: number): void {
  const { labels, tool, mayEdit } = useRoom.getState();
  const label = labels[digit - 1];
  if (label) {
    setBrush(session, { label: label.value });
    if (mayEdit && tool !== "brush") {
      setTool(session, "brush");
    }
  }
}
