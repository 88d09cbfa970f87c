/** The series of a case: which is shown where, and what the viewer needs to open one. */

import { slotsOf, type ImageSource, type LayoutSpec, type PaneSpec, type Slot } from "@/imaging";
import { client, take } from "@/shared/api/client";
import { queryClient } from "@/shared/api/queries";
import type { Schemas } from "@/shared/api/types";

import type { OpenVolume, RoomState } from "./store";

/** Volumes change only while a series is still coming in. */
const VOLUMES_STALE_MS = 60_000;

export type Series = Schemas["ReadingSeries"];
type Reading = Pick<Schemas["Reading"], "series" | "priors">;
type Beside = Exclude<Slot, "main">;

/** The type of what is dragged from the strip of series to a pane. */
export const SERIES_DRAG = "application/x-fiducial-series";

/** The name of a pane as it is written on it: its plane, and which series it shows where that is not the main one. */
export function paneName(
  t: (key: string) => string,
  { kind, slot, fusion }: PaneSpec,
  shown?: Series,
  earlier = false,
): string {
  const plane = kind === "stack" && slot !== "main" ? "" : t(`room.pane.${kind}`);
  const prior = earlier ? t("view.slot.prior") : "";
  const text = shown ? [prior, shown.modality, shown.description].filter(Boolean).join(" ") : t(`view.slot.${slot}`);
  const series = fusion ? t("view.fused") : slot === "main" ? "" : text;
  return [plane, series].filter(Boolean).join(" · ");
}

/** The UID of the series in a slot, "" where there is none. */
export function seriesIn(state: Pick<RoomState, "seriesUid" | "beside">, slot: Slot): string {
  return slot === "main" ? state.seriesUid : (state.beside[slot]?.seriesUid ?? "");
}

/** Every series that can be shown: those of the case, then those of earlier studies. */
export function seriesOf({ series, priors }: Reading): readonly Series[] {
  return [...series, ...priors.map((prior) => prior.series)];
}

/** The earlier series to look at beside another one: of the same modality and, if there is one, the same name. */
export function priorOf(reading: Reading, mainUid: string): Series | null {
  const main = reading.series.find(({ series_uid }) => series_uid === mainUid);
  const alike = reading.priors.map(({ series }) => series).filter(({ modality }) => modality === main?.modality);
  return alike.find(({ description }) => description === main?.description) ?? alike[0] ?? null;
}

/** Ask the server for a volume of a series; null where there is none. */
export async function sourceOf(
  series: Series,
  volumeIndex: number,
  sop?: string,
): Promise<{ source: ImageSource; reasons: readonly string[]; label: string } | null> {
  const { series_uid: seriesUid, study_uid: studyUid, modality } = series;
  const volumes = await queryClient.fetchQuery({
    queryKey: ["series-volumes", seriesUid],
    queryFn: () =>
      take(client.GET("/api/series/{series_uid}/volumes", { params: { path: { series_uid: seriesUid } } })),
    staleTime: VOLUMES_STALE_MS,
  });
  const volume = volumes.find((candidate) => candidate.index === volumeIndex) ?? volumes[0];
  if (!volume) {
    return null;
  }
  const first = volume.frames.findIndex((frame) => frame.sop_instance_uid === sop);
  const source: ImageSource = {
    studyUid,
    seriesUid,
    volumeIndex: volume.index,
    modality,
    frames: volume.frames.map((frame) => ({ sop: frame.sop_instance_uid, frame: frame.frame_number })),
    regular: volume.geometry !== null,
    units: volume.units,
    suvFactor: volume.suv_factor,
    suvFactors: volume.suv_factors,
    ...(first < 0 ? {} : { first }),
  };
  return { source, reasons: volume.reasons, label: labelOf(volume) };
}

/** When or how a volume was made: "time point 2 of 3 · 10:12:05". */
function labelOf({ details }: Schemas["Volume"]): string {
  const time = /^\d{8}(\d\d)(\d\d)(\d\d)/.exec(String(details["time"] ?? ""));
  return [String(details["label"] ?? ""), time ? time.slice(1).join(":") : ""].filter(Boolean).join(" · ");
}

/** Which of the case's series belongs over another one: PET over CT. */
export function overlayOf(reading: Reading, mainUid: string): Series | null {
  const main = reading.series.find(({ series_uid }) => series_uid === mainUid);
  return main && main.modality !== "PT" ? (reading.series.find(({ modality }) => modality === "PT") ?? null) : null;
}

/** What goes into the empty slots of a layout: series of the case that are not shown yet, in their order. */
export function fillSlots(
  layout: LayoutSpec,
  reading: Reading,
  now: { readonly seriesUid: string; readonly beside: Readonly<Partial<Record<Slot, OpenVolume>>> },
): readonly (readonly [Beside, OpenVolume])[] {
  const wanted = [...slotsOf(layout)].filter((slot): slot is Beside => slot !== "main");
  const used = new Set([now.seriesUid, ...wanted.flatMap((slot) => now.beside[slot]?.seriesUid ?? [])]);
  const fused = layout.panes.some(({ fusion }) => fusion) ? overlayOf(reading, now.seriesUid) : null;
  const result: (readonly [Beside, OpenVolume])[] = [];
  const put = (slot: Beside, series: Series | undefined | null) => {
    if (series) {
      used.add(series.series_uid);
      result.push([slot, { seriesUid: series.series_uid, volumeIndex: 0 }]);
    }
  };
  for (const slot of wanted) {
    if (fused && slot === "second" && now.beside.second?.seriesUid !== fused.series_uid) {
      put(slot, fused);
    } else if (slot === "prior" && !now.beside.prior) {
      put(slot, priorOf(reading, now.seriesUid));
    } else if (!now.beside[slot]) {
      put(
        slot,
        reading.series.find(({ series_uid }) => !used.has(series_uid)),
      );
    }
  }
  return result;
}
