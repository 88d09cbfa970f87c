/** Undo and redo: one stack for strokes and measurements, the ring that Cornerstone's own tools write to. */

import { eventTarget, utilities } from "@cornerstonejs/core";

import { HISTORY_STEPS } from "./engine";
import type { LabelGrid, Runs } from "./labelGrid";

const memo = utilities.HistoryMemo.DefaultHistoryMemo;

export interface HistoryState {
  readonly canUndo: boolean;
  readonly canRedo: boolean;
}

export const historyState = (): HistoryState => ({ canUndo: memo.canUndo, canRedo: memo.canRedo });

/** Forget all steps. */
export function clearHistory(): void {
  memo.size = HISTORY_STEPS;
}

/** Record a finished stroke. It is kept as runs of equal change: a few numbers for each row of voxels. */
export function recordStroke(labels: LabelGrid, steps: readonly Runs[]): void {
  memo.push({
    id: utilities.uuidv4(),
    operationType: "labels",
    restoreMemo: (undo?: boolean) => labels.applyRuns(steps, undo !== false),
  } as never);
}

export const undo = (): void => memo.undo();
export const redo = (): void => memo.redo();

/** Subscribe to steps taken by Cornerstone's tools (they push without telling). */
export function onHistory(listener: () => void): () => void {
  const names = ["CORNERSTONE_TOOLS_HISTORY_UNDO", "CORNERSTONE_TOOLS_HISTORY_REDO"];
  for (const name of names) {
    eventTarget.addEventListener(name, listener);
  }
  return () => {
    for (const name of names) {
      eventTarget.removeEventListener(name, listener);
    }
  };
}
