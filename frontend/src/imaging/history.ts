/** Undo and redo: one stack for strokes, edits and measurements, in the ring that Cornerstone has for it. */

import { eventTarget, utilities } from "@cornerstonejs/core";

import { HISTORY_STEPS } from "./engine";
import { keepWithin, type Ring } from "./historyRing";
import type { LabelLayers, LayerRuns } from "./labelLayers";

const memo = utilities.HistoryMemo.DefaultHistoryMemo;

/** What all steps together may hold. A stroke holds a few kB, an edit of a whole organ about 1 MB. */
const BUDGET_BYTES = 256 * 2 ** 20;

export interface HistoryState {
  readonly canUndo: boolean;
  readonly canRedo: boolean;
}

export const historyState = (): HistoryState => ({ canUndo: memo.canUndo, canRedo: memo.canRedo });

/** Forget all steps. */
export function clearHistory(): void {
  memo.size = HISTORY_STEPS;
}

/** Record a finished step. It is kept as runs of equal change: a few numbers for each row of voxels. */
export function recordStep(labels: LabelLayers, edits: readonly LayerRuns[]): void {
  memo.push({
    id: utilities.uuidv4(),
    operationType: "labels",
    bytes: edits.reduce((sum, { steps }) => sum + steps.reduce((part, { runs }) => part + runs.byteLength, 0), 0),
    restoreMemo: (undo?: boolean) => labels.applyRuns(edits, undo !== false),
  } as never);
  keepWithin(memo as unknown as Ring, BUDGET_BYTES);
}

const listeners = new Set<() => void>();

/** Record a change of something small, such as an answer or a measurement, so that it is undone in its turn. */
export function recordChange(restore: (undo: boolean) => void, bytes = 0): void {
  memo.push({
    id: utilities.uuidv4(),
    operationType: "change",
    bytes,
    restoreMemo: (undo?: boolean) => restore(undo !== false),
  } as never);
  keepWithin(memo as unknown as Ring, BUDGET_BYTES);
  listeners.forEach((listener) => listener());
}

export const undo = (): void => memo.undo();
export const redo = (): void => memo.redo();

/** Subscribe to steps taken by Cornerstone's tools (they push without telling). */
export function onHistory(listener: () => void): () => void {
  const names = ["CORNERSTONE_TOOLS_HISTORY_UNDO", "CORNERSTONE_TOOLS_HISTORY_REDO"];
  for (const name of names) {
    eventTarget.addEventListener(name, listener);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    for (const name of names) {
      eventTarget.removeEventListener(name, listener);
    }
  };
}
