/** Key images: frames that a reader wants others to see. Kept as answers are (see answers.py), so undone and saved alike. */

import { lookAtPlace, type PaneView, type Vec3 } from "@/imaging";
import type { Answers } from "@/shared/forms/rules";

import { newId } from "./codec";
import { givenImagesNow, showGiven } from "./derived";
import { isKeyImage, KEY_IMAGE, type KeptPlace } from "./findings";
import { placeOfPane } from "./placeNow";
import { seriesOf } from "./series";
import type { RoomSession } from "./session";
import { useRoom } from "./store";
import { activeSpec } from "./viewCommands";

export interface KeyImage {
  readonly key: string;
  readonly name: string;
  readonly order: number;
  readonly place: KeptPlace;
}

/** The key images among the answers, in the order in which they were chosen. */
export function keyImagesOf(answers: Answers): KeyImage[] {
  return Object.entries(answers)
    .filter(([key, value]) => isKeyImage(key) && value !== null)
    .map(([key, value]) => ({ ...(value as Omit<KeyImage, "key">), key }))
    .sort((a, b) => a.order - b.order || a.key.localeCompare(b.key));
}

type Frame = PaneView["frame"];

const frameOf = ({ sop_instance_uid: sop, frame_number: frame }: KeptPlace): Frame => ({ sop, frame });

const isSame = (one: Frame, other: Frame): boolean => one?.sop === other?.sop && one?.frame === other?.frame;

const isOn = ({ place }: KeyImage, frame: Frame): boolean => isSame(frameOf(place), frame);

/** The key image that a frame is, if any. */
export const keyImageAt = (answers: Answers, frame: Frame): KeyImage | undefined =>
  frame ? keyImagesOf(answers).find((one) => isOn(one, frame)) : undefined;

/** Make the frame in the active pane a key image, or take that back. Earlier studies are no part of the case. */
export function toggleKeyImage(session: RoomSession): void {
  const state = useRoom.getState();
  const spec = activeSpec(state);
  const place = spec && placeOfPane(session, spec, null);
  const series = session.reading.series.find(({ series_uid }) => series_uid === place?.series_uid);
  if (!spec || !series || !place || state.phase !== "ready") {
    return;
  }
  const known = keyImagesOf(state.answers).find((one) => isOn(one, frameOf(place)));
  if (known) {
    session.answer(known.key, null);
    return;
  }
  const view = state.views[spec.id];
  const slice = view?.frame ? `${view.sliceIndex + 1} / ${view.sliceCount}` : "";
  session.answer(KEY_IMAGE + newId().replaceAll("-", ""), {
    name: [slice, [series.modality, series.description].filter(Boolean).join(" ")]
      .filter(Boolean)
      .join(" · ")
      .slice(0, 120),
    order: (keyImagesOf(state.answers).at(-1)?.order ?? 0) + 1,
    place,
  });
}

/** Bring a key image into view: where its series is on the screen, else in the main panes. */
export async function showKeyImage(session: RoomSession, { place }: KeyImage): Promise<void> {
  const { viewer } = session;
  const { seriesUid, volumeIndex } = useRoom.getState();
  if (!viewer || !seriesOf(session.reading).some(({ series_uid }) => series_uid === place.series_uid)) {
    return;
  }
  if (seriesUid !== place.series_uid || volumeIndex !== place.volume_index) {
    await session.openSeries(place.series_uid, place.volume_index);
  }
  lookAtPlace(viewer, {
    sop: place.sop_instance_uid,
    frame: place.frame_number,
    pointLps: place.point_lps ? (place.point_lps as unknown as Vec3) : null,
  });
}

/** A step for each frame: two key images of one frame, say an own and a given one, would hold the reader there. */
function stepsOf(session: RoomSession): { readonly on: Frame; readonly show: () => Promise<void> }[] {
  const own = keyImagesOf(useRoom.getState().answers).map((one) => ({
    on: frameOf(one.place),
    show: () => showKeyImage(session, one),
  }));
  const given = givenImagesNow(session.reading).map((one) => ({ on: one, show: () => showGiven(session, one) }));
  const all = [...own, ...given];
  return all.filter(({ on }, at) => all.findIndex((other) => isSame(other.on, on)) === at);
}

/**
 * The next key image after that in view (or, with -1, the one before) comes into view: the reader's own, then those that
 * came with the images.
 */
export function stepKeyImage(session: RoomSession, by: 1 | -1): void {
  const views = Object.values(useRoom.getState().views);
  const all = stepsOf(session);
  const at = all.findIndex(({ on }) => views.some((view) => isSame(on, view?.frame ?? null)));
  void all[at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length]?.show();
}
