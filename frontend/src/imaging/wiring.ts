/** What the hand and the 3-D panes are given of the viewer. */

import type { Display } from "./display";
import type { Editor, EditState } from "./edits/editor";
import type { Emitter } from "./emitter";
import type { HandContext } from "./hand";
import type { Slot } from "./layouts";
import type { Masks } from "./masks";
import type { Measurements } from "./measurements/book";
import type { PaneSet } from "./paneSet";
import type { PromptAsker } from "./prompts";
import type { SolidHost } from "./solid/solidPane";
import type { Images } from "./source";
import type { Backend, Tool } from "./types";
import type { ViewerEvents } from "./viewerEvents";

/** What is taken of the viewer. */
interface Viewer {
  readonly events: Emitter<ViewerEvents>;
  readonly display: Display;
  readonly views: PaneSet;
  readonly masks: Masks;
  readonly editor: Editor;
  readonly measurements: Measurements;
  readonly backend: Backend;
  /** The images that are marked. */
  readonly marked: Images | null;
  readonly askPrompt: PromptAsker;
  attempt(edit: Promise<unknown>): Promise<boolean>;
}

/** What the viewer keeps to itself otherwise. */
interface Own {
  readonly lens: HandContext["lens"];
  now(): EditState;
  /** Voxels of labels may have changed. */
  counted(): void;
  /** A step was put into the history. */
  recorded(): void;
}

/** While a hand draws, volumes are told this often. */
const COUNTED_MS = 200;

export function handContext(viewer: Viewer, own: Own): HandContext {
  const { events, display, views, masks, editor, measurements } = viewer;
  let countedAt = -Infinity;
  return {
    now: () => own.now(),
    panes: () => views.all(),
    views,
    windowOf: (slot) => display.window(slot),
    setWindow: (range, slot) => display.setWindow(range, slot),
    marked: (keys, tool, finished) => {
      events.emit("marked", { keys, tool, finished });
      const now = performance.now();
      if (finished || now - countedAt >= COUNTED_MS) {
        countedAt = now;
        own.counted();
      }
    },
    hovered: (hover) => events.emit("hover", hover),
    recorded: () => own.recorded(),
    editor,
    attempt: (edit) => void viewer.attempt(edit),
    refused: (code) => events.emit("refused", code),
    toolChanged: (progress) => events.emit("tool", progress),
    ask: (question, signal) => viewer.askPrompt(question, signal),
    preview: (frames) => masks.propose("preview", frames),
    prompted: (status) => events.emit("prompt", status),
    measurements,
    lens: own.lens,
  };
}

export function solidHost(viewer: Viewer, tool: () => Tool, imagesOf: (slot: Slot) => Images | null): SolidHost {
  return {
    software: viewer.backend === "cpu",
    tool,
    imagesOf,
    windowOf: (slot) => viewer.display.window(slot),
    masks: () => {
      const { seen: labels, styles, shown } = viewer.masks;
      return { images: viewer.marked, labels, styles, shown };
    },
    figures: () => viewer.measurements.drawn(),
    lookAt: (point, slot) => viewer.views.lookAt(point, slot),
    told: (status, view) => {
      viewer.events.emit("solid", status);
      if (view) {
        viewer.events.emit("view", view);
      }
    },
    failed: (error) => viewer.events.emit("failed", error),
  };
}
