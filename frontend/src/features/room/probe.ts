import type { PaneName, Viewer } from "@/imaging";

import { useRoom } from "./store";

/** Read-only numbers for tests (`window.fiducialProbe`). */
export function probeOf(viewer: Viewer) {
  const state = () => useRoom.getState();
  return {
    get ready() {
      const { phase, imagesReady, loading, views } = state();
      return Object.keys(views).length > 0 && phase === "ready" && imagesReady && loading.loaded >= loading.total;
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
    voxelsByLabel: () => Object.fromEntries(viewer.voxelsByLabel()),
    frameVoxels: (sop: string, frame = 1) => viewer.frameVoxels(sop, frame),
    worldAt: (pane: PaneName, x: number, y: number) => viewer.views.worldAt(pane, x, y),
    indexAt: (pane: PaneName, x: number, y: number) => viewer.views.indexAt(pane, x, y),
    lengths: () => state().lengths,
  };
}

export type RoomProbe = ReturnType<typeof probeOf>;
