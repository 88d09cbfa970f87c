/** The outbox's way to the server. */

import i18next from "i18next";

import { asApiError } from "@/shared/api/errors";
import { client, take } from "@/shared/api/client";
import { useSessionEnd } from "@/shared/session/session";
import { errorText } from "@/shared/ui/errorText";

import { frameId, fromWire, toWire, type PackedFrame, type WireFrame } from "./codec";
import type { Entry } from "./journal";
import { answerId, measurementId, type Failure, type SendResult, type Transport } from "./sending";

interface ChangedFrame {
  readonly sop_instance_uid: string;
  readonly frame_number: number;
  readonly layer: number;
}

/** A request that takes longer is given up: the network swallowed it. The server knows a change that comes twice. */
const PATIENCE_MS = 60_000;
const patience = () => ("timeout" in AbortSignal ? { signal: AbortSignal.timeout(PATIENCE_MS) } : {});

/** What a call that did not succeed means for the outbox. */
export function failureOf(thrown: unknown): Failure {
  const error = asApiError(thrown);
  if (error.status === 401) {
    return { kind: "signedOut" };
  }
  if (error.passing || error.status === 403) {
    // 403: a new sign-in changed the CSRF cookie under way; the next try reads it anew.
    return { kind: "offline", reason: error.status === 0 || error.status === 403 ? "" : error.code };
  }
  // 404: the project was closed, or the reading is no longer this person's. Like a lock, it may be lifted again.
  const barred = error.code === "locked" || error.status === 404;
  return barred ? { kind: "locked" } : { kind: "refused", message: errorText(i18next.t, error).what };
}

export function resultOf(thrown: unknown): SendResult {
  const error = asApiError(thrown);
  if (error.code !== "stale_base") {
    return failureOf(error);
  }
  const list = <T>(name: string) => (error.fields[name] ?? []) as readonly T[];
  const changed = [
    ...list<ChangedFrame>("changed_frames").map((frame) =>
      frameId({ sop: frame.sop_instance_uid, frame: frame.frame_number, layer: frame.layer }),
    ),
    ...list<string>("changed_measurements").map(measurementId),
    ...list<string>("changed_answers").map(answerId),
  ];
  return { kind: "stale", head: Number(error.fields["head"]), changed };
}

/**
 * Ask who is signed in before a refusal is believed: where another person has signed in in this browser meanwhile,
 * nothing is locked, and the one whose marks these are has to sign in again.
 */
async function checked(failure: SendResult, person: string): Promise<SendResult> {
  if (failure.kind !== "locked") {
    return failure;
  }
  try {
    const { user } = await take(client.GET("/api/session"));
    return user?.id === person ? failure : signInAgain();
  } catch (error) {
    return failureOf(error);
  }
}

function signInAgain(): SendResult {
  useSessionEnd.setState({ ended: true });
  return { kind: "signedOut" };
}

/** The way to the server for what `person` marked in a reading. Nothing is sent in anybody else's name. */
export function transportTo(reading: string, person: string): Transport {
  const params = { path: { reading_id: reading } };
  const attempt = async (call: () => Promise<{ number: number; head: number }>): Promise<SendResult> => {
    const present = useSessionEnd.getState().person;
    if (present !== "" && present !== person) {
      return { kind: "signedOut" };
    }
    try {
      return { kind: "saved", ...(await call()) };
    } catch (error) {
      return checked(resultOf(error), person);
    }
  };
  return {
    send: (entry: Entry, baseRevision: number) => {
      const body = {
        client_id: entry.clientId,
        base_revision: baseRevision,
        tool: entry.tool,
        drawn_at: entry.drawnAt,
        frames: entry.frames.map(toWire),
        measurements: entry.measurements.map(({ key, data }) => ({ key, data: data ? { ...data } : null })),
        answers: [...entry.answers],
      };
      return attempt(() => take(client.POST("/api/readings/{reading_id}/revisions", { params, body, ...patience() })));
    },
    restore: (number, baseRevision, clientId) => {
      const body = { number, base_revision: baseRevision, client_id: clientId };
      return attempt(() => take(client.POST("/api/readings/{reading_id}/restore", { params, body, ...patience() })));
    },
  };
}

/** Frames of a reading that changed after revision `since`, as they are now or were at revision `at`. */
export async function fetchFrames(
  reading: string,
  query: { since: number; at?: number },
): Promise<{ head: number; frames: PackedFrame[] }> {
  const params = { path: { reading_id: reading }, query };
  const answer = await take(client.GET("/api/readings/{reading_id}/frames", { params, ...patience() }));
  return { head: answer.head, frames: (answer.frames as readonly WireFrame[]).map(fromWire) };
}

export async function fetchDraftFrames(draft: string): Promise<PackedFrame[]> {
  const answer = await take(client.GET("/api/drafts/{draft_id}/frames", { params: { path: { draft_id: draft } } }));
  return (answer.frames as readonly WireFrame[]).map(fromWire);
}
