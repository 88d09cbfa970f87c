/** What opening a case will ask for, asked for before: at once for the case that opens, quietly for the one after it. */

import { fetchAhead, fetchMetadata, forgetAhead } from "@/imaging";
import { client, take } from "@/shared/api/client";
import { queryClient } from "@/shared/api/queries";
import type { Schemas } from "@/shared/api/types";

import { ruled } from "./hanging";
import { seriesOf, sourceOf } from "./series";

type Reading = Schemas["Reading"];

/** All of a CT of 200 slices and a little more; the rest of a larger series comes when its case is opened. */
const AHEAD_BYTES = 128 * 1024 * 1024;
/** What was asked for longer ago than this is asked for anew. */
const FRESH_MS = 5 * 60_000;

export const readingQuery = (readingId: string) => ({
  queryKey: ["room-reading", readingId],
  queryFn: () => take(client.GET("/api/readings/{reading_id}", { params: { path: { reading_id: readingId } } })),
});

/** Fetch what the case opens with, up to `bytes` of its frames; returns how to let go of it, or null without images. */
async function fetchMain(reading: Reading, bytes: number, signal: AbortSignal): Promise<(() => void) | null> {
  const [first] = reading.series;
  if (first) {
    // Mostly it is the first series: what it needs is asked for beside the rules, not after them.
    fetchMetadata(first.study_uid, first.series_uid);
    sourceOf(first, 0).catch(() => null);
  }
  const { main } = await ruled(reading);
  const series = main && seriesOf(reading).find(({ series_uid }) => series_uid === main.seriesUid);
  const found = series ? await sourceOf(series, main.volumeIndex) : null;
  return found && !signal.aborted ? fetchAhead(found.source, bytes, signal) : null;
}

interface Ahead {
  readonly reading: string;
  readonly at: number;
  readonly stop: AbortController;
  readonly held: Promise<(() => void) | null>;
}
let ahead: Ahead | null = null;

/** More than one frame of nearly all images and less than two of a CT: two frames, for a pane begins with either. */
const FIRST_BYTES = 600 * 1024;

/** The case that opens now: its middle frames are asked for while the room is still being set up. */
export const fetchFirst = (readingId: string): void => fetchNext(readingId, FIRST_BYTES);

/** Fetch the next case's images while the reader works. One case at a time: what was fetched before is given back. */
export function fetchNext(readingId: string, bytes = AHEAD_BYTES): void {
  if (ahead?.reading !== readingId) {
    dropNext();
    const stop = new AbortController();
    const fetching = async () => {
      const reading = await queryClient.fetchQuery({
        ...readingQuery(readingId),
        staleTime: FRESH_MS,
        gcTime: FRESH_MS,
      });
      return stop.signal.aborted ? null : fetchMain(reading, bytes, stop.signal);
    };
    ahead = { reading: readingId, at: Date.now(), stop, held: fetching().catch(() => null) }; // opening it will say what is wrong
  }
}

/** Most cases take longer than what is known of the next one stays fresh: ask again, and keep its images. */
export async function refreshNext(readingId: string): Promise<void> {
  const reading = await queryClient.fetchQuery({ ...readingQuery(readingId), staleTime: 0, gcTime: FRESH_MS });
  const { main } = await ruled(reading);
  const series = main && seriesOf(reading).find(({ series_uid }) => series_uid === main.seriesUid);
  await (series && sourceOf(series, main.volumeIndex));
  if (ahead?.reading === readingId) {
    ahead = { ...ahead, at: Date.now() };
  }
}

/** Stop fetching ahead, and give back what nobody opened: all of it, or one reading's. */
export function dropNext(reading = ahead?.reading): void {
  if (reading !== ahead?.reading) {
    return;
  }
  const dropped = ahead;
  ahead = null;
  dropped?.stop.abort();
  void dropped?.held.then((letGo) => {
    letGo?.();
    forgetAhead();
  });
}

/** The reading whose images were asked for ahead. */
export const nextFetched = (): string | null => (ahead && Date.now() - ahead.at < FRESH_MS ? ahead.reading : null);
