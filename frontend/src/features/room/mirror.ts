/** What the viewer shows, copied into the store. */

import type { Viewer } from "@/imaging";

import { imageTrouble } from "./imageTrouble";
import { fitLevels } from "./levels";
import { useSegment } from "./segmentStore";
import { useRoom } from "./store";

/** Begin to copy; returns how to stop. */
export function mirror(viewer: Viewer): readonly (() => void)[] {
  const { events } = viewer;
  const set = useRoom.setState;
  const now = useRoom.getState;
  return [
    events.on("view", (view) => {
      // A pane tells at every drawing; while images come in that is often, and mostly nothing has changed.
      if (JSON.stringify(now().views[view.pane]) !== JSON.stringify(view)) {
        set({ views: { ...now().views, [view.pane]: view } });
      }
    }),
    events.on("solid", (solid) => set({ solids: { ...now().solids, [solid.pane]: solid } })),
    events.on("hover", (hover) => set(hover ? { hover, activePane: hover.pane } : { hover })),
    events.on("look", ({ slot, look }) => {
      set({ looks: { ...now().looks, [slot]: look } });
      if (slot === "main" && now().imagesReady) {
        fitLevels(viewer, useSegment.getState().unit, now().seriesUid); // the window may come with the voxels
      }
    }),
    events.on("loading", (loading) => set({ loading })),
    events.on("history", (history) => set({ ...history })),
    events.on("counts", (counts) => set({ counts })),
    events.on("measurements", (measurements) => set({ measurements })),
    events.on("measured", (measurement) => set({ measurement })),
    events.on("failed", (error) => set({ imageError: imageTrouble(error) })),
  ];
}
