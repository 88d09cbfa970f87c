/** What a person points at, and what an engine on the server makes of it. The page brings the way to the server. */

import type { FrameMask, Vec3 } from "./types";

/** A point (one place) or a scribble (several). */
export interface PromptMark {
  /** LPS millimetres; on a frame alone (column, row, 0). */
  readonly places: readonly Vec3[];
  /** The object is here; false: it is not. */
  readonly positive: boolean;
}

export interface PromptQuestion {
  readonly label: number;
  readonly marks: readonly PromptMark[];
  /** Two opposite corners. */
  readonly box: readonly [Vec3, Vec3] | null;
  /** Work on this frame alone, because the images form no volume. */
  readonly frame: { readonly sop: string; readonly frame: number } | null;
}

export interface PromptAnswer {
  readonly engine: string;
  readonly frames: readonly FrameMask[];
  readonly voxels: number;
  readonly elapsedMs: number;
}

/** Rejects when there is no answer; the error's message is shown. */
export type PromptAsker = (question: PromptQuestion, signal: AbortSignal) => Promise<PromptAnswer>;

/** Until the page brings one. */
export const noEngine: PromptAsker = () => Promise.reject(new Error("There is no prompt engine."));

/** What the page shows of prompts under way. */
export interface PromptStatus {
  readonly state: "empty" | "asking" | "ready" | "failed";
  /** Points, scribbles and boxes. */
  readonly count: number;
  readonly engine: string;
  readonly voxels: number;
  readonly elapsedMs: number;
  /** Why there is no answer. */
  readonly message: string;
}

export const NO_PROMPTS: PromptStatus = {
  state: "empty",
  count: 0,
  engine: "",
  voxels: 0,
  elapsedMs: 0,
  message: "",
};
