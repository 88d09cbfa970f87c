/** What goes between the outbox, the server and the page: plain words, without saying HTTP. */

import { frameId } from "./codec";
import type { Entry } from "./journal";

/** Why something did not reach the server. */
export type Failure =
  /** Trying again later can help. `reason`: the server's code, "" where it was not reached at all. */
  | { readonly kind: "offline"; readonly reason: string }
  | { readonly kind: "signedOut" }
  | { readonly kind: "locked" }
  | { readonly kind: "refused"; readonly message: string };

/** What the server said to a change, without saying HTTP. `changed`: ids (see `idsOf`) that others wrote since. */
export type SendResult =
  | { readonly kind: "saved"; readonly number: number; readonly head: number }
  | { readonly kind: "stale"; readonly head: number; readonly changed: readonly string[] }
  | Failure;

/** What became of taking in what others wrote. Busy: something of it is being drawn on at this moment. */
export type RemoteResult = { readonly kind: "taken"; readonly head: number } | { readonly kind: "busy" } | Failure;

export interface Transport {
  send(entry: Entry, baseRevision: number): Promise<SendResult>;
  restore(number: number, baseRevision: number, clientId: string): Promise<SendResult>;
}

export type SaveStatus = "saved" | "saving" | "offline" | "signedOut" | "conflict" | "locked" | "refused";

export interface SaveState {
  readonly status: SaveStatus;
  readonly head: number;
  /** Changes that the server does not have. */
  readonly pending: number;
  /** Of these, the ones that this browser could not store either: they live as long as the page. */
  readonly unkept: number;
  readonly savedAt: Date | null;
  /** Why the server cannot take anything now (its code), where it said so. */
  readonly message: string;
  /** Why it refused a change for good, in its words; "" while it refused none. */
  readonly refusal: string;
}

export const NOTHING_TO_SAVE: SaveState = {
  status: "saved",
  head: 0,
  pending: 0,
  unkept: 0,
  savedAt: null,
  message: "",
  refusal: "",
};

/** Of two sides that changed the same. */
export type Choice = "mine" | "theirs";

export interface OutboxHooks {
  onState(state: SaveState): void;
  /** Somebody else's changes after `since` belong into the picture, except what is in `mine` (ids). */
  onRemote(since: number, mine: ReadonlySet<string>): Promise<RemoteResult>;
  /** Both sides changed the same things: `overlap` of them. The outbox waits for `settle`. */
  onConflict(overlap: readonly string[]): void;
  newId(): string;
  /** Resolves after that many milliseconds, or earlier when `wake` is called. */
  sleep(milliseconds: number): Promise<void>;
  wake(): void;
}

/** The things a change touches: frames, measurements and answers. */
export function idsOf(entry: Pick<Entry, "frames" | "measurements" | "answers">): string[] {
  return [
    ...entry.frames.map(frameId),
    ...entry.measurements.map(({ key }) => measurementId(key)),
    ...entry.answers.map(({ question }) => answerId(question)),
  ];
}

export const measurementId = (key: string): string => `measurement:${key}`;
export const answerId = (question: string): string => `answer:${question}`;

/** Something is not with the server yet, so what builds on it has to wait. */
export class NotSavedError extends Error {
  override readonly name = "NotSavedError";
  readonly status: SaveStatus;

  constructor(status: SaveStatus) {
    super(`Not saved: ${status}`);
    this.status = status;
  }
}
