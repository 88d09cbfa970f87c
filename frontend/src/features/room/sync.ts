/** The marks of one reading, and their way to and from the server. It knows neither viewer nor React. */

import type { FrameKey, FrameMask, Lent } from "@/imaging";
import { client, take } from "@/shared/api/client";
import type { Schemas } from "@/shared/api/types";

import { frameId, newId, unpackFrame } from "./codec";
import { journal } from "./journal";
import { MarkBook } from "./markBook";
import { Outbox } from "./outbox";
import { answerId, measurementId, type Choice, type RemoteResult, type SaveState } from "./sending";
import { StrokeWriter } from "./strokes";
import { failureOf, fetchFrames, transportTo } from "./transport";

export type ReadingDetail = Schemas["Reading"];

export interface SyncHooks {
  /** The present labels of frames, as they stay until they are given back. */
  lendFrames(keys: readonly FrameKey[]): Lent;
  /** Something goes on that other people's frames must not come into (an edit of a whole label). */
  busy(): boolean;
  /** The frame is among the open images. */
  shows(key: FrameKey): boolean;
  /** The book has newer measurements and answers, and these frames that are open. */
  changed(frames: readonly FrameMask[]): void;
  onState(state: SaveState, trouble: string): void;
  onConflict(count: number | null): void;
  failed(error: unknown): void;
}

export class MarkSync {
  readonly book = new MarkBook();
  readonly strokes: StrokeWriter;
  private readonly reading: string;
  private readonly person: string;
  private readonly hooks: SyncHooks;
  private outbox: Outbox | null = null;
  private wake: () => void = () => undefined;

  constructor(reading: string, person: string, hooks: SyncHooks) {
    this.reading = reading;
    this.person = person;
    this.hooks = hooks;
    this.strokes = new StrokeWriter({ reading, person }, journal, {
      lendFrames: (keys) => hooks.lendFrames(keys),
      packed: (frames) => void this.book.putFrames(frames),
      written: (entry) => this.outbox?.take(entry),
      base: () => this.outbox?.state.head ?? 0,
      moved: () => this.tell(),
      failed: (error) => hooks.failed(error),
    });
  }

  get state(): SaveState | null {
    const state = this.outbox?.state ?? null;
    // What is drawn and not yet written down is not saved either.
    return state?.status === "saved" && this.strokes.unwritten ? { ...state, status: "saving" } : state;
  }

  /** Something here would be lost with the page. */
  get unsafe(): boolean {
    return this.strokes.unwritten || (this.outbox?.state.unkept ?? 0) > 0;
  }

  private tell(): void {
    const { state } = this;
    if (state) {
      this.hooks.onState(state, journal.trouble);
    }
  }

  // ── beginning and end ────────────────────────────────────────────────────

  /**
   * Fetch everything, put over it what this browser still has to send, and begin to send that. With `sends` false,
   * what waits here is left alone, and others' changes are followed.
   */
  async begin(sends = true): Promise<ReadingDetail> {
    await this.outbox?.stop();
    const [frames, reading] = await Promise.all([fetchFrames(this.reading, { since: 0 }), this.detail()]);
    const head = Math.min(frames.head, reading.head);
    const own = sends && reading.may_edit;
    const pending = own ? await journal.pending(this.reading, this.person) : [];
    const refused = own ? await journal.refused(this.reading, this.person) : [];
    this.book.clear();
    this.book.putFrames(frames.frames);
    this.book.putSmall(reading);
    // What was made on an older revision is sent on that one: the server says what others changed since.
    const base = await journal.baseOf(pending, head);
    const outbox = new Outbox(journal, transportTo(this.reading, this.person), this.outboxHooks(), base, head);
    this.outbox = outbox;
    outbox.refusedBefore(refused.at(-1)?.refused ?? "");
    for (const entry of pending) {
      this.book.replay(entry);
      const closed = { ...entry, open: false };
      await journal.put(closed);
      outbox.take(closed);
    }
    this.tell();
    return reading;
  }

  private detail(): Promise<ReadingDetail> {
    return take(client.GET("/api/readings/{reading_id}", { params: { path: { reading_id: this.reading } } }));
  }

  /** Write everything down and send nothing more from here. Resolves when both is done. */
  async stop(): Promise<void> {
    await this.strokes.flush(true);
    await this.outbox?.stop();
  }

  /** The page goes on to something else: what is written is sent in the background as far as that can be. */
  async leave(): Promise<void> {
    await this.strokes.flush(true);
    await this.outbox?.drain().catch(() => undefined); // it stays in the journal, and the status has said why
  }

  // ── to the server ────────────────────────────────────────────────────────

  private outboxHooks() {
    return {
      onState: () => this.tell(),
      onRemote: (since: number, mine: ReadonlySet<string>) => this.pull(since, mine),
      onConflict: (overlap: readonly string[]) => this.hooks.onConflict(overlap.length),
      newId,
      sleep: (milliseconds: number) =>
        new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, milliseconds);
          this.wake = () => {
            clearTimeout(timer);
            resolve();
          };
        }),
      wake: () => this.wake(),
    };
  }

  settle(choice: Choice): void {
    this.hooks.onConflict(null);
    this.outbox?.settle(choice);
  }

  retry(): void {
    this.outbox?.kick();
  }

  /** Send once more what the server refused: a label may have come back. */
  async sendRefused(): Promise<void> {
    this.outbox?.refusedBefore("");
    for (const entry of await journal.refused(this.reading, this.person)) {
      const again = { ...entry, refused: "" };
      await journal.put(again);
      this.outbox?.take(again);
    }
  }

  /** Give up what the server refused. */
  async dropRefused(): Promise<void> {
    for (const { seq } of await journal.refused(this.reading, this.person)) {
      await journal.remove(seq);
    }
    this.outbox?.refusedBefore("");
  }

  /** Everything that was done here is with the server; resolves to the head. Rejects with NotSavedError. */
  async saved(): Promise<number> {
    await this.strokes.flush(true);
    if (!this.outbox) {
      throw new Error("The reading is not open");
    }
    return this.outbox.drain();
  }

  // ── from the server ──────────────────────────────────────────────────────

  /** The server has a revision that may be new here. */
  heard(head: number): void {
    this.outbox?.heard(head);
  }

  /** Take in what changed on the server after `since`, except what is in `mine`. */
  private async pull(since: number, mine: ReadonlySet<string>): Promise<RemoteResult> {
    if (this.hooks.busy()) {
      return { kind: "busy" };
    }
    let answer: [Awaited<ReturnType<typeof fetchFrames>>, ReadingDetail];
    try {
      answer = await Promise.all([fetchFrames(this.reading, { since }), this.detail()]);
    } catch (error) {
      return failureOf(error);
    }
    const [{ frames, head }, reading] = answer;
    const masks = await Promise.all(frames.filter((frame) => this.hooks.shows(frame)).map(unpackFrame));
    // From here to the end nothing waits: what is drawn meanwhile can neither be overlooked nor overwritten.
    const mineNow = new Set([...this.strokes.touched, ...(this.outbox?.waitingIds ?? [])]);
    if (this.hooks.busy() || frames.map(frameId).some((id) => mineNow.has(id) && !mine.has(id))) {
      return { kind: "busy" };
    }
    const taken = new Set(this.book.putFrames(frames, mine).map(frameId));
    this.book.renewSmall(reading, {
      measurement: (key) => mineNow.has(measurementId(key)),
      answer: (question) => mineNow.has(answerId(question)),
    });
    this.hooks.changed(masks.filter((mask) => taken.has(frameId(mask))));
    return { kind: "taken", head: Math.min(head, reading.head) };
  }

  /** Take in the newest state after something was done outside the outbox (a draft taken, a revision restored). */
  async renew(): Promise<ReadingDetail> {
    const reading = await this.detail();
    this.outbox?.heard(reading.head);
    await this.outbox?.drain().catch(() => undefined); // what waits for the person is shown by the status
    return reading;
  }
}
