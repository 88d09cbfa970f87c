/** Changes that were left in this browser: sent when whoever made them is here again, without opening their readings. */

import { client, take } from "@/shared/api/client";
import type { Schemas } from "@/shared/api/types";

import { newId } from "./codec";
import { journal } from "./journal";
import { claim } from "./presence";
import { seenOff, seeOff } from "./seeingOff";
import { MarkSync } from "./sync";

/** Sending goes on after that; only the answer who still waits is not held back by it. */
const PATIENCE_MS = 4_000;

/** A reading whose changes are only in this browser. */
export interface LeftBehind {
  readonly reading: string;
  readonly changes: number;
  /** Null where the server does not show the reading to this person (any more), or cannot be asked. */
  readonly detail: Pick<Schemas["Reading"], "case" | "project" | "may_edit"> | null;
}

const nothing = () => undefined;
const pause = () => new Promise<void>((resolve) => setTimeout(resolve, PATIENCE_MS));

/** Send what waits for one reading, unless it is open somewhere; resolves to whether another tab of this browser has it. */
async function send(reading: string, person: string): Promise<boolean> {
  const sync: MarkSync = new MarkSync(reading, person, {
    lendFrames: () => ({ frames: [], release: () => undefined }),
    busy: () => false,
    shows: () => false,
    changed: () => undefined,
    onState: () => undefined,
    onConflict: (count) => void (count === null ? null : sync.stop()), // it is asked about in the room
    failed: () => undefined,
  });
  let ended = false;
  const claimed = claim({ reading, tab: newId(), atDesk: true, lost: () => sync.stop() });
  const begun = claimed.then(async ({ held }) => {
    if (held && !ended) {
      await sync.begin();
    }
  });
  const over = begun.then(() => sync.saved()).then(nothing, nothing); // what cannot be sent stays, and is told
  seeOff(reading, over, async () => {
    ended = true;
    await begun.catch(nothing);
    await sync.stop();
    (await claimed).release();
  });
  await over;
  return (await claimed).inOtherTab;
}

/** Send what `person` left in this browser; resolves to what still waits and no other tab is sending. */
export async function sendLeftBehind(person: string): Promise<readonly LeftBehind[]> {
  const elsewhere = new Set<string>();
  const tryOne = async (reading: string) => {
    if (await (seenOff(reading) ?? send(reading, person))) {
      elsewhere.add(reading);
    }
  };
  const readings = [...(await journal.readings(person)).keys()];
  if (readings.length > 0) {
    await Promise.race([Promise.all(readings.map(tryOne)), pause()]);
  }
  const waiting = [...(await journal.readings(person))].filter(([reading]) => !elsewhere.has(reading));
  return Promise.all(
    waiting.map(async ([reading, changes]) => ({ reading, changes, detail: await detailOf(reading) })),
  );
}

async function detailOf(reading: string): Promise<LeftBehind["detail"]> {
  const params = { path: { reading_id: reading } };
  return take(client.GET("/api/readings/{reading_id}", { params })).catch(() => null);
}

/** Give up what a person left for a reading. */
export async function dropLeftBehind(reading: string, person: string): Promise<void> {
  const entries = [...(await journal.pending(reading, person)), ...(await journal.refused(reading, person))];
  for (const { seq } of entries) {
    await journal.remove(seq);
  }
}
