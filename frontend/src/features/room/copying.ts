/** Where labels are copied from: other volumes of the case, and the reader's own marks of earlier studies. */

import { EditError, sharesSpace, type CopySource, type Viewer } from "@/imaging";
import { client, take } from "@/shared/api/client";
import { asApiError } from "@/shared/api/errors";
import type { Schemas } from "@/shared/api/types";

import { frameId, unpackFrame, type PackedFrame } from "./codec";
import { gridOf } from "./geometry";
import { useSegment } from "./segmentStore";
import type { RoomSession } from "./session";
import { useRoom } from "./store";
import { fetchFrames } from "./transport";

type Reading = Pick<Schemas["Reading"], "series" | "priors">;

/** A volume that holds marks which may be copied. */
export interface CopyPlace {
  /** Series and volume, "uid|index". */
  readonly key: string;
  readonly series: Schemas["ReadingSeries"];
  readonly volumeIndex: number;
  /** Its number among the volumes of the series, from 1, and how many there are. */
  readonly number: number;
  readonly total: number;
  /** Days between an earlier study and this one; null for the case's own series. */
  readonly daysBefore: number | null;
  /** The reading that the marks are of; null: the one that is open. */
  readonly reading: string | null;
}

/** Every volume to copy from but the one that is open. */
export function copyPlaces({ series, priors }: Reading, openKey: string): CopyPlace[] {
  const own = series.map((row) => ({ row, daysBefore: null, reading: null }));
  const earlier = priors.flatMap(({ series: row, days_before: daysBefore, own_reading: reading }) =>
    reading ? [{ row, daysBefore, reading }] : [],
  );
  return [...own, ...earlier]
    .flatMap(({ row, daysBefore, reading }) =>
      row.volumes.map(({ index }, at) => ({
        key: `${row.series_uid}|${index}`,
        series: row,
        volumeIndex: index,
        number: at + 1,
        total: row.volumes.length,
        daysBefore,
        reading,
      })),
    )
    .filter(({ key }) => key !== openKey);
}

export const openVolumeKey = ({ seriesUid, volumeIndex }: { seriesUid: string; volumeIndex: number }): string =>
  `${seriesUid}|${volumeIndex}`;

/** Whether a place must be brought onto the open images first: as the person says, else by the frame of reference. */
export function isRegistered(reading: Reading, place: CopyPlace | undefined, wish: boolean | null): boolean {
  const open = useRoom.getState().seriesUid;
  const here = reading.series.find(({ series_uid }) => series_uid === open)?.frame_of_reference_uid ?? "";
  return wish ?? (place !== undefined && (here === "" || place.series.frame_of_reference_uid !== here));
}

/** The label that the form names, in the place that it names, as it is now, sent or not. */
export async function copySource(
  session: RoomSession,
  viewer: Viewer,
  target: number,
  signal: AbortSignal,
): Promise<CopySource> {
  const { volume: key, label: wanted, registered } = useSegment.getState().forms.copy;
  const place = copyPlaces(session.reading, openVolumeKey(useRoom.getState())).find((one) => one.key === key);
  if (!place) {
    throw new EditError("noSource");
  }
  const label = wanted || target;
  const path = { series_uid: place.series.series_uid };
  const volumes = await take(client.GET("/api/series/{series_uid}/volumes", { params: { path }, signal }));
  const volume = volumes.find((candidate) => candidate.index === place.volumeIndex);
  if (!volume?.geometry) {
    throw new EditError("noVolume");
  }
  const layer = useRoom.getState().labels.find(({ value }) => value === label)?.layer ?? 0;
  const keys = volume.frames.map(({ sop_instance_uid: sop, frame_number: frame }) => ({ sop, frame, layer }));
  const packed = place.reading ? await framesIn(place.reading) : null;
  const slices = await Promise.all(
    keys.map(async (frame) => {
      const found = packed ? packed.get(frameId(frame)) : session.framesOf([frame])[0];
      return found && found.data.length > 0 ? (await unpackFrame(found)).labels : null;
    }),
  );
  if (!slices.some((slice) => slice?.includes(label))) {
    throw new EditError("emptyLabel"); // before anything is registered for it
  }
  const motion = isRegistered(session.reading, place, registered) ? await motionTo(session, place, signal) : null;
  if (!motion && !(await sharesSpace(viewer, place.series.study_uid, place.series.series_uid))) {
    throw new EditError("otherSpace");
  }
  return { grid: gridOf(volume.geometry), slices, label, motion };
}

async function framesIn(reading: string): Promise<ReadonlyMap<string, PackedFrame>> {
  const { frames } = await fetchFrames(reading, { since: 0 });
  return new Map(frames.map((frame) => [frameId(frame), frame]));
}

/** How the open images lie to those of a place: worked out by the server, kept as long as the reading is open. */
async function motionTo(session: RoomSession, place: CopyPlace, signal: AbortSignal) {
  const { seriesUid, volumeIndex } = useRoom.getState();
  const key = `${seriesUid}|${volumeIndex}>${place.key}`;
  const known = useSegment.getState().alignments.get(key);
  if (known) {
    return known.matrix;
  }
  const asked = take(
    client.POST("/api/readings/{reading_id}/align", {
      params: { path: { reading_id: session.reading.id } },
      body: {
        here: { series_uid: seriesUid, volume_index: volumeIndex },
        there: { series_uid: place.series.series_uid, volume_index: place.volumeIndex },
      },
      signal,
    }),
  );
  const found = await asked.catch((thrown: unknown) => {
    const { code, status } = asApiError(thrown);
    if (status === 400 && code === "align_modality") {
      throw new EditError("alignModality");
    }
    throw status === 400 ? new EditError("alignRefused") : thrown;
  });
  useSegment.setState({ alignments: new Map(useSegment.getState().alignments).set(key, found) });
  return found.matrix;
}
