/** What the viewer tells the page. */

import type { EditStatus } from "./edits/editor";
import type { HistoryState } from "./history";
import type { Slot } from "./layouts";
import type { Look } from "./mounted";
import type { PromptStatus } from "./prompts";
import type { SolidStatus } from "./solid/types";
import type { ToolProgress } from "./tools/handTool";
import type { FrameKey, Hover, Measurement, PaneView } from "./types";

export interface ViewerEvents {
  view: PaneView;
  hover: Hover | null;
  look: { readonly slot: Slot; readonly look: Look };
  loading: { loaded: number; total: number };
  history: HistoryState;
  measurements: readonly Measurement[];
  /** One was added, changed or (null) deleted: save it. */
  settled: { readonly key: string; readonly measurement: Measurement | null };
  /** One was drawn just now. */
  measured: string;
  /** Frames changed since the last such event; `finished` when the hand is lifted, and for undo and redo. */
  marked: { keys: readonly FrameKey[]; tool: string; finished: boolean };
  counts: ReadonlyMap<number, number>;
  failed: Error;
  /** An edit that goes on or waits for a yes; null when it is over. */
  edit: EditStatus | null;
  /** Why an edit did nothing (an EditError's code). */
  refused: string;
  /** What is open in the tool in hand. */
  tool: ToolProgress;
  prompt: PromptStatus;
  /** A 3-D pane has changed. */
  solid: SolidStatus;
}
