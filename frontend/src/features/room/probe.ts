import type { PaneName, Viewer } from "@/imaging";

import { toBase64 } from "./codec";
import { useRoom } from "./store";

/** Read-only numbers for tests (`window.fiducialProbe`). */
export function probeOf(viewer: Viewer) {
  const state = () => useRoom.getState();
  return {
    get ready() {
      const { phase, imagesReady, loading, views } = state();
      return (
        Object.keys(views).length > 0 &&
        (phase === "ready" || phase === "second") &&
        imagesReady &&
        loading.loaded >= loading.total
      );
    },
    get headRevision() {
      return state().save.head;
    },
    get pendingEntries() {
      return state().save.pending;
    },
    get saveStatus() {
      return state().save.status;
    },
    get backend() {
      return state().backend;
    },
    sliceIndex: (pane: PaneName) => viewer.views.stateOf(pane)?.sliceIndex ?? null,
    voxelsByLabel: () => Object.fromEntries(viewer.masks.voxelsByLabel()),
    frameVoxels: (sop: string, frame = 1) => viewer.masks.frameVoxels(sop, frame),
    /** The labels of every frame that has any: [SOP Instance UID, frame, layer, base64 of the values]. */
    masks: () =>
      viewer.masks
        .exportFrames(viewer.masks.frameKeys)
        .filter(({ labels }) => labels.some(Boolean))
        .map(({ sop, frame, layer, labels }) => [sop, frame, layer, toBase64(labels)] as const),
    worldAt: (pane: PaneName, x: number, y: number) => viewer.views.worldAt(pane, x, y),
    indexAt: (pane: PaneName, x: number, y: number) => viewer.views.indexAt(pane, x, y),
    measurements: () => state().measurements,
    solidFigures: (pane: PaneName) => viewer.solids.figuresIn(pane),
  };
}

export type RoomProbe = ReturnType<typeof probeOf>;
