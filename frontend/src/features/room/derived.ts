/** Objects of the archive that speak of the case's images, and the key images that some of them name. */

import { useQueries } from "@tanstack/react-query";

import { lookAtPlace, type PaneView } from "@/imaging";
import { client, take } from "@/shared/api/client";
import { queryClient } from "@/shared/api/queries";
import type { Schemas } from "@/shared/api/types";

import { sourceOf } from "./series";
import type { ReadingDetail, RoomSession } from "./session";
import { useRoom } from "./store";

type Derived = Pick<Schemas["Derived"], "sop_instance_uid" | "label" | "summary">;

type Cased = Pick<ReadingDetail, "series">;

const keyOf = (seriesUid: string) => ["series-derived", seriesUid] as const;

const eachOnce = (all: readonly Schemas["Derived"][]): readonly Schemas["Derived"][] => [
  ...new Map(all.map((one) => [one.sop_instance_uid, one])).values(),
];

/** Every object that speaks of a series of the reading, each once. */
export function useDerived({ series }: Cased, enabled: boolean): readonly Schemas["Derived"][] {
  return useQueries({
    queries: series.map(({ series_uid }) => ({
      queryKey: keyOf(series_uid),
      queryFn: () => take(client.GET("/api/series/{series_uid}/derived", { params: { path: { series_uid } } })),
      enabled,
    })),
    combine: (results) => eachOnce(results.flatMap(({ data }) => data ?? [])),
  });
}

/** A key image that a document of the archive names; nobody changes it here. */
export interface GivenImage {
  readonly key: string;
  readonly seriesUid: string;
  readonly sop: string;
  readonly frame: number;
}

/** A key object selection: its title, what it says of its images, and those that are of the case. */
export interface GivenImages {
  readonly key: string;
  readonly title: string;
  readonly text: string;
  readonly images: readonly GivenImage[];
}

interface Named {
  readonly sop_instance_uid: string;
  readonly series_uid: string;
  readonly frames: readonly number[];
}

/** The key images of all documents about some series, document by document. */
export function givenImagesOf(derived: readonly Derived[], seriesUids: readonly string[]): readonly GivenImages[] {
  return derived.flatMap(({ sop_instance_uid: key, label, summary }): GivenImages[] => {
    const named = (summary["key_images"] ?? []) as readonly Named[];
    const images = named
      .filter(({ series_uid }) => seriesUids.includes(series_uid))
      .flatMap(({ sop_instance_uid: sop, series_uid: seriesUid, frames }) =>
        (frames.length > 0 ? frames : [1]).map((frame) => ({ key: `${key} ${sop} ${frame}`, seriesUid, sop, frame })),
      );
    return images.length > 0 ? [{ key, title: label, text: String(summary["description"] ?? ""), images }] : [];
  });
}

const uidsOf = ({ series }: Cased): readonly string[] => series.map(({ series_uid }) => series_uid);

/** The key images that documents of the archive name in the reading. */
export function useGivenImages(reading: Cased, enabled: boolean): readonly GivenImages[] {
  return givenImagesOf(useDerived(reading, enabled), uidsOf(reading));
}

/** Those of them that the page knows of by now, one after another. */
export function givenImagesNow(reading: Cased): readonly GivenImage[] {
  const known = uidsOf(reading).flatMap((uid) => queryClient.getQueryData<Schemas["Derived"][]>(keyOf(uid)) ?? []);
  return givenImagesOf(eachOnce(known), uidsOf(reading)).flatMap(({ images }) => images);
}

export const isShown = ({ sop, frame }: GivenImage, shown: PaneView["frame"]): boolean =>
  shown?.sop === sop && shown.frame === frame;

/** Bring a key image of the archive into view, in whichever volume of its series it is. */
export async function showGiven(session: RoomSession, { seriesUid, sop, frame }: GivenImage): Promise<void> {
  const series = session.reading.series.find(({ series_uid }) => series_uid === seriesUid);
  if (!series) {
    return;
  }
  for (const { index } of series.volumes) {
    const found = await sourceOf(series, index);
    if (found?.source.frames.some((one) => one.sop === sop && one.frame === frame)) {
      const now = useRoom.getState();
      if (now.seriesUid !== seriesUid || now.volumeIndex !== index) {
        await session.openSeries(seriesUid, index);
      }
      if (session.viewer) {
        lookAtPlace(session.viewer, { sop, frame, pointLps: null });
      }
      return;
    }
  }
}
