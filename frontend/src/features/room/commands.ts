/** What the room's commands do; buttons and keys come here alike. */

import { isMeasureType, MEASURE_TYPES, nextWithLabel, type Tool, type Viewer } from "@/imaging";

import { toggleCine } from "./cine";
import { addFinding, focusSoon, stepFinding } from "./findingCommands";
import type { Command } from "./hotkeys";
import { stepKeyImage, toggleKeyImage } from "./keyImages";
import { toggleMeasurements } from "./measureCommands";
import { focusRegion } from "./regions";
import type { RoomSession } from "./session";
import { showOperation } from "./segmentCommands";
import { OPERATIONS, useSegment, type OperationName } from "./segmentStore";
import { useRoom, type RoomLabel } from "./store";
import { activeSlot, keyPane, nextOverlay, setLinks, toggleLayout, toggleMaximised, toggleSolid } from "./viewCommands";

const RADIUS_STEPS = [0.5, 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50] as const;

/** The next radius in a row that grows with the size. */
export function stepRadius(radiusMm: number, up: boolean): number {
  const next = up
    ? RADIUS_STEPS.find((step) => step > radiusMm + 1e-6)
    : RADIUS_STEPS.findLast((step) => step < radiusMm - 1e-6);
  return next ?? radiusMm;
}

const TOOLS: ReadonlySet<string> = new Set<Tool>([
  "window",
  "brush",
  "eraser",
  "threshold",
  "scissors",
  "contour",
  "livewire",
  "fill",
  "island",
  "prompt",
  ...MEASURE_TYPES,
  "crosshair",
  "magnify",
  "pan",
  "zoom",
]);
const EDITING: ReadonlySet<string> = new Set<Tool>([
  "brush",
  "eraser",
  "threshold",
  "scissors",
  "contour",
  "livewire",
  "fill",
  "island",
  "prompt",
  ...MEASURE_TYPES,
]);
/** Tools that draw with the chosen label, so that choosing one keeps them in hand. */
const LABELLING: ReadonlySet<string> = new Set<Tool>([
  "brush",
  "threshold",
  "scissors",
  "contour",
  "livewire",
  "fill",
  "prompt",
  ...MEASURE_TYPES,
]);

/** Bring tool, brush and masks of the store into the viewer. */
export function applyTools(viewer: Viewer): void {
  const { tool, radiusMm, sphere, label, labels, opacity, masksShown } = useRoom.getState();
  viewer.masks.setLabels(labels);
  viewer.masks.setOpacity(opacity);
  viewer.masks.setShown(masksShown);
  viewer.setBrush({ radiusMm, sphere, label });
  viewer.setEditSettings(useSegment.getState().settings);
  viewer.setTool(tool);
}

export function setTool(session: RoomSession, tool: Tool): void {
  if (EDITING.has(tool) && !useRoom.getState().mayEdit) {
    return;
  }
  useRoom.setState(isMeasureType(tool) ? { tool, measureTool: tool } : { tool });
  useSegment.setState({ operation: null, refused: "" });
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
  session.viewer?.masks.setOpacity(opacity);
}

export function toggleMasks(session: RoomSession): void {
  const masksShown = !useRoom.getState().masksShown;
  useRoom.setState({ masksShown });
  session.viewer?.masks.setShown(masksShown);
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
  if ((OPERATIONS as readonly string[]).includes(command)) {
    if (state.mayEdit && state.regular) {
      showOperation(command as OperationName);
    } else if (state.mayEdit) {
      useSegment.setState({ operation: null, refused: "noVolume" });
    }
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
    nextMarked: () => viewer && nextWithLabel(viewer, state.label),
    previousSlice: () => viewer?.views.scroll(pane, -1),
    nextSlice: () => viewer?.views.scroll(pane, 1),
    back10: () => viewer?.views.scroll(pane, -10),
    forward10: () => viewer?.views.scroll(pane, 10),
    first: () => viewer?.views.goTo(pane, 0),
    last: () => viewer?.views.goTo(pane, count - 1),
    layout: () => toggleLayout(session),
    solid: () => toggleSolid(session),
    maximise: () => toggleMaximised(pane),
    lines: () => setLinks(session, { lines: !state.lines }),
    cine: () => toggleCine(session),
    tags: () => useRoom.setState({ tagsOf: state.tagsOf === null ? pane : null }),
    overlay: nextOverlay,
    keyImage: () => toggleKeyImage(session),
    nextKeyImage: () => stepKeyImage(session, 1),
    previousKeyImage: () => stepKeyImage(session, -1),
    link: () => setLinks(session, { linked: !state.linked }),
    fit: () => {
      viewer?.views.fit();
      viewer?.solids.fit();
    },
    invert: () => viewer?.display.toggleInvert(activeSlot()),
    reset: () => viewer?.reset(),
    rotate: () => viewer?.views.rotate(pane),
    flip: () => viewer?.views.flip(pane),
    strip: () => useRoom.setState({ stripOpen: !state.stripOpen }),
    panel: () => useRoom.setState({ panelOpen: !state.panelOpen }),
    history: () => useRoom.setState({ historyOpen: !state.historyOpen }),
    files: () => useRoom.setState({ filesOpen: !state.filesOpen }),
    help: () => useRoom.setState({ helpOpen: !state.helpOpen }),
    keys: () => useRoom.setState({ keysOpen: true, helpOpen: false }),
    submit: () => useRoom.setState({ submitOpen: state.mayEdit }),
    form: page.focusForm,
    windowMenu: () => pressButton("window-menu"),
    layoutMenu: () => pressButton("layout-menu"),
    measureMenu: () => pressButton("measure-menu"),
    measurements: () => toggleMeasurements(session),
    nextRegion: () => focusRegion(1),
    previousRegion: () => focusRegion(-1),
    paneMenu: () => pressButton(`pane-menu-${pane}`),
    worklist: () => pressButton("to-worklist"),
    nextSeries: () => void openNextSeries(session),
    secondWindow: () => pressButton("second-window"),
    hideLabel: () => changeLabel(session, ({ visible }) => ({ visible: !visible })),
    lockLabel: () => changeLabel(session, ({ locked }) => ({ locked: !locked })),
    comment: () => {
      useRoom.setState({ panelOpen: true });
      focusSoon("[data-comment]");
    },
    finding: () => addFinding(session),
    nextFinding: () => stepFinding(session, 1),
    previousFinding: () => stepFinding(session, -1),
    notReadable: () => useRoom.setState({ notReadableOpen: state.mayEdit }),
    nextCase: page.nextCase,
  };
  actions[command]?.();
}

/** Open a menu, or follow a link, that stands on the page: the menu is then gone through by arrows. */
function pressButton(testId: string): void {
  const button = document.querySelector<HTMLElement>(`[data-testid="${testId}"]`);
  button?.focus();
  button?.click();
}

/** Mark on the next series of the case; after the last comes the first. */
async function openNextSeries(session: RoomSession): Promise<void> {
  const { series } = session.reading;
  const at = series.findIndex(({ series_uid }) => series_uid === useRoom.getState().seriesUid);
  const next = series[(at + 1) % series.length];
  if (next && series.length > 1) {
    await session.openSeries(next.series_uid, 0);
  }
}

/** Change the label in hand. */
function changeLabel(session: RoomSession, change: (label: RoomLabel) => Partial<RoomLabel>): void {
  const { labels, label } = useRoom.getState();
  session.setLabels(labels.map((one) => (one.value === label ? { ...one, ...change(one) } : one)));
}

/** Choose the n-th label (from 1), and take the brush unless the tool or the form in hand is for labels too. */
export function chooseLabel(session: RoomSession, digit: number): void {
  const { labels, tool, mayEdit } = useRoom.getState();
  const label = labels[digit - 1];
  if (label) {
    setBrush(session, { label: label.value });
    if (mayEdit && !LABELLING.has(tool) && useSegment.getState().operation === null) {
      setTool(session, "brush");
    }
  }
}
