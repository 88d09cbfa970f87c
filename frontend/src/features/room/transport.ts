/** The outbox's way to the server. */

import { asApiError } from "@/shared/api/errors";
import { client, take } from "@/shared/api/client";

import { fromWire, toWire, type PackedFrame, type WireFrame } from "./codec";
import type { Entry } from "./journal";
import type { SendResult, Transport } from "./outbox";

interface ChangedFrame {
  readonly sop_instance_uid: string;
  readonly frame_number: number;
  readonly layer: number;
}

/** What a failed call means for the outbox. */
export function resultOf(thrown: unknown): SendResult {
  const error = asApiError(thrown);
  if (error.status === 401) {
    return { kind: "signedOut" };
  }
  if (error.passing || error.status === 403) {
    // 403: a new sign-in changed the CSRF cookie under way; the next try reads it anew.
    return { kind: "offline" };
  }
  if (error.code === "stale_base") {
    const changed = (error.fields["changed_frames"] ?? []) as readonly ChangedFrame[];
    const keys = changed.map((frame) => ({
      sop: frame.sop_instance_uid,
      frame: frame.frame_number,
      layer: frame.layer,
    }));
    return { kind: "stale", head: Number(error.fields["head"]), changed: keys };
  }
  // 404: the project was closed, or the reading is no longer this person's. Like a lock, it may be lifted again.
  const barred = error.code === "locked" || error.status === 404;
  return barred ? { kind: "locked" } : { kind: "refused", message: error.message || error.code };
}

export function transportTo(reading: string): Transport {
  const params = { path: { reading_id: reading } };
  return {
    async send(entry: Entry, baseRevision: number) {
      try {
        const saved = await take(
          client.POST("/api/readings/{reading_id}/revisions", {
            params,
            body: {
              client_id: entry.clientId,
              base_revision: baseRevision,
              tool: entry.tool,
              drawn_at: entry.drawnAt,
              frames: entry.frames.map(toWire),
              measurements: entry.measurements.map(({ key, data }) => ({ key, data: data ? { ...data } : null })),
              answers: [...entry.answers],
            },
          }),
        );
        return { kind: "saved", ...saved };
      } catch (error) {
        return resultOf(error);
      }
    },
    async restore(number, baseRevision, clientId) {
      try {
        const body = { number, base_revision: baseRevision, client_id: clientId };
        return { kind: "saved", ...(await take(client.POST("/api/readings/{reading_id}/restore", { params, body }))) };
      } catch (error) {
        return resultOf(error);
      }
    },
  };
}

/** Frames of a reading that changed after `since`, as they are now. */
export async function fetchFrames(reading: string, since: number): Promise<{ head: number; frames: PackedFrame[] }> {
  const answer = await take(
    client.GET("/api/readings/{reading_id}/frames", { params: { path: { reading_id: reading }, query: { since } } }),
  );
  return { head: answer.head, frames: (answer.frames as readonly WireFrame[]).map(fromWire) };
}

export async function fetchDraftFrames(draft: string): Promise<PackedFrame[]> {
  const answer = await take(client.GET("/api/drafts/{draft_id}/frames", { params: { path: { draft_id: draft } } }));
  return (answer.frames as readonly WireFrame[]).map(fromWire);
}
