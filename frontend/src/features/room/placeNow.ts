/** Where the reader is: the place that a finding or a key image belongs to. */

import { placeInPane, type PaneName, type PaneSpec, type Slot, type Vec3 } from "@/imaging";

import { keptPlace, type KeptPlace } from "./findings";
import { seriesIn } from "./series";
import type { RoomSession } from "./session";
import { useRoom, type RoomState } from "./store";
import { activeSpec, layoutNow } from "./viewCommands";

/** The volume of its series that a slot shows. */
const volumeIn = ({ volumeIndex, beside }: RoomState, slot: Slot): number =>
  slot === "main" ? volumeIndex : (beside[slot]?.volumeIndex ?? 0);

/** The place that a pane shows, of the very series in it; null where that is no part of the case (earlier studies). */
export function placeOfPane(
  { viewer, reading }: Pick<RoomSession, "viewer" | "reading">,
  { id, slot }: Pick<PaneSpec, "id" | "slot">,
  voxel: Vec3 | null,
): KeptPlace | null {
  const state = useRoom.getState();
  const seriesUid = seriesIn(state, slot);
  const ours = reading.series.some(({ series_uid }) => series_uid === seriesUid);
  const place = viewer && ours ? placeInPane(viewer, id, voxel) : null;
  return place && keptPlace(place, seriesUid, volumeIn(state, slot));
}

/** Where the pointer is, else what the active pane shows, else what a pane of the main series does. */
export function placeNow(session: Pick<RoomSession, "viewer" | "reading">): KeptPlace | null {
  const state = useRoom.getState();
  const { hover } = state;
  const { panes } = layoutNow(state);
  const under = (name: PaneName | undefined) => panes.find(({ id }) => id === name);
  const wanted = [under(hover?.pane), activeSpec(state), ...panes.filter(({ slot }) => slot === "main")];
  for (const pane of wanted) {
    const place = pane && placeOfPane(session, pane, hover?.pane === pane.id ? hover.index : null);
    if (place) {
      return place;
    }
  }
  return null;
}
