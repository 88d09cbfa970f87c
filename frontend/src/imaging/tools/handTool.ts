/** What a tool of ours for the primary button is. Cornerstone's own tools (pan and zoom) are not among them. */

import type { Editor } from "../edits/editor";
import type { EditSettings } from "../edits/settings";
import type { LabelLayers } from "../labelLayers";
import type { Slot } from "../layouts";
import type { Lens } from "../lens";
import type { Measurements } from "../measurements/book";
import type { Pane } from "../pane";
import type { PaneLine } from "../paneOverlay";
import type { PromptAsker, PromptStatus } from "../prompts";
import type { Images } from "../source";
import type { FrameKey, FrameMask, LabelStyle, Range, Vec3 } from "../types";

/** A point of a pane in CSS pixels. */
export type Point = readonly [number, number];

/** Keys that are held with the button. */
export interface Modifiers {
  readonly alt: boolean;
  readonly shift: boolean;
}

export interface BrushSettings {
  readonly radiusMm: number;
  readonly sphere: boolean;
  readonly label: number;
}

/** The state of the viewer as a tool sees it. */
export interface HandState {
  readonly images: Images | null;
  readonly labels: LabelLayers | null;
  readonly styles: ReadonlyMap<number, LabelStyle>;
  readonly masksShown: boolean;
  readonly readOnly: boolean;
  readonly brush: BrushSettings;
  readonly settings: EditSettings;
}

/** Keys that a tool may take while something of it is open. */
export type ToolKey = "Enter" | "Backspace";

/** What is open in a tool: points that were set, and whether their curve is closed. */
export interface ToolProgress {
  readonly points: number;
  readonly closed: boolean;
}

/** Where the panes look, as far as tools ask or tell. */
export interface Views {
  /** The point (LPS mm) that the crosshair is on. */
  crosshair: Vec3 | null;
  crosshairIn(pane: Pane): Vec3 | null;
  crossingPanes(pane: Pane): readonly Pane[];
  linesIn(pane: Pane): readonly PaneLine[];
  lookAt(point: Vec3, slot: Slot): void;
  scroll(name: string, steps: number): void;
  repaint(): void;
}

/** What a tool may ask of the viewer. */
export interface ToolContext {
  now(): HandState;
  panes(): readonly Pane[];
  readonly views: Views;
  /** The window of the series in a slot. */
  windowOf(slot: Slot): Range;
  setWindow(range: Range, slot: Slot): void;
  /** Frames changed; `finished` once the change is whole, so that it is saved as one. */
  marked(keys: readonly FrameKey[], tool: string, finished: boolean): void;
  /** A step was put into the history. */
  recorded(): void;
  /** Edits that are worked out in the worker. */
  readonly editor: Editor;
  /** Watch an edit: a refusal is told to the person. */
  attempt(edit: Promise<unknown>): void;
  /** Tell the person why nothing happened (an EditError's code). */
  refused(code: string): void;
  /** What is open in the tool has changed. */
  toolChanged(progress: ToolProgress): void;
  /** Ask the prompt engine. */
  readonly ask: PromptAsker;
  /** Show a proposal over the images, or take it away. */
  preview(frames: readonly FrameMask[] | null): void;
  /** The prompts, or what came of them, have changed. */
  prompted(status: PromptStatus): void;
  readonly measurements: Measurements;
  /** The magnifier. */
  readonly lens: Pick<Lens, "show" | "move" | "zoom" | "close">;
}

/**
 * A tool for the primary button. The registry makes one object of each for a viewer.
 *
 * Add a tool: its name to `Tool` (types.ts), a file here, a line in registry.ts.
 */
export interface HandTool {
  /** CSS cursor over the panes. */
  readonly cursor: string;
  /** It changes marks, so nobody may hold it while the reading is read-only. */
  readonly edits: boolean;
  /** It works on a regular grid alone, never on a loose stack. */
  readonly needsVolume: boolean;
  /** It is exact on oblique planes too, because it works with points in the patient. */
  readonly anyPlane?: boolean;
  /** The button is held on something: until it ends there is no undo and no other slice. */
  readonly busy: boolean;
  /** Something begun waits for more clicks or for Enter. */
  readonly open?: boolean;
  /** The button went down on a pane that shows images. True takes the pointer until `up`. */
  down(pane: Pane, point: Point, keys: Modifiers): boolean;
  /** The pointer moved with the button held; all points since the last call, oldest first. */
  move(pane: Pane, points: readonly Point[]): void;
  /** The wheel was turned with the button held. */
  wheel?(steps: number): void;
  /** The button was lifted. */
  up(): void;
  /** The pointer is over a pane (null: it left), with or without the button. */
  hover(pane: Pane, point: Point | null): void;
  /** Another tool is taken, the pane goes away or the person pressed Escape: end what is under way. */
  cancel(): void;
  /** Enter or Backspace; true when the tool took it. */
  key?(key: ToolKey): boolean;
  /** Draw over a pane. `ratio`: canvas pixels for each CSS pixel. */
  paint?(pane: Pane, context: CanvasRenderingContext2D, ratio: number): void;
}

export type ToolMaker = (context: ToolContext) => HandTool;
