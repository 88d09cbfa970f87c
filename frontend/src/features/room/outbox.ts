/** Sends journal entries in order until the server has them. It knows nothing of images, browsers or React. */

import type { FrameKey } from "@/imaging";

import { frameId } from "./codec";
import type { Entry, Journal } from "./journal";

/** What the server said, without saying HTTP. */
export type SendResult =
  | { readonly kind: "saved"; readonly number: number; readonly head: number }
  | { readonly kind: "stale"; readonly head: number; readonly changed: readonly FrameKey[] }
  | { readonly kind: "offline" }
  | { readonly kind: "signedOut" }
  | { readonly kind: "locked" }
  | { readonly kind: "refused"; readonly message: string };

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
  readonly savedAt: Date | null;
  /** Why the server refused, where it did. */
  readonly message: string;
}

export interface OutboxHooks {
  onState(state: SaveState): void;
  /** Somebody else's changes after `since` belong into the picture, except on frames of `mine`. */
  onRemote(since: number, mine: ReadonlySet<string>): Promise<void>;
  /** Both sides changed the same frames: `overlap` of them. The outbox waits for `settle`. */
  onConflict(overlap: readonly FrameKey[]): void;
  /** The server's state was restored after ours was posted: show it. */
  onReload(): Promise<void>;
  newId(): string;
  /** Resolves after that many milliseconds, or earlier when `wake` is called. */
  sleep(milliseconds: number): Promise<void>;
  wake(): void;
}

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;

export function retryDelay(attempt: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
}

export type Choice = "mine" | "theirs";

/** Something is not with the server yet, so what builds on it has to wait. */
export class NotSavedError extends Error {
  override readonly name = "NotSavedError";
  readonly status: SaveStatus;

  constructor(status: SaveStatus) {
    super(`Not saved: ${status}`);
    this.status = status;
  }
}

export class Outbox {
  private readonly journal: Journal;
  private readonly transport: Transport;
  private readonly hooks: OutboxHooks;
  private entries: Entry[] = [];
  private head: number;
  private status: SaveStatus = "saved";
  private savedAt: Date | null = null;
  private message = "";
  private running: Promise<void> | null = null;
  private stopped = false;
  private attempt = 0;
  /** Asked to try while it was trying. */
  private again = false;
  private conflict: { head: number; choose: (choice: Choice) => void } | null = null;
  /** The head to return to once everything of ours is posted ("take theirs"). */
  private restoreTo: { number: number; clientId: string } | null = null;

  constructor(journal: Journal, transport: Transport, hooks: OutboxHooks, head: number) {
    this.journal = journal;
    this.transport = transport;
    this.hooks = hooks;
    this.head = head;
  }

  get state(): SaveState {
    const { status, head, savedAt, message } = this;
    return { status, head, pending: this.entries.length, savedAt, message };
  }

  /** Take up an entry that lies in the journal. The same entry again replaces it (a stroke that went on). */
  take(entry: Entry): void {
    const at = this.entries.findIndex(({ seq }) => seq === entry.seq);
    if (at >= 0) {
      this.entries[at] = entry;
    } else {
      this.entries.push(entry);
    }
    if (this.status === "saved") {
      this.status = "saving";
    }
    this.tell();
    if (!entry.open) {
      this.kick();
    }
  }

  /** Try now: the network or the session is back. */
  kick(): void {
    this.hooks.wake();
    if (this.running) {
      this.again = true;
    } else if (!this.stopped) {
      this.running = this.run().finally(() => {
        this.running = null;
        if (this.again) {
          this.again = false;
          this.kick();
        }
      });
    }
  }

  stop(): void {
    this.stopped = true;
    this.hooks.wake();
  }

  /** Resolves once everything closed is with the server; rejects where that cannot happen without the person. */
  async drain(): Promise<number> {
    this.kick();
    while (this.running) {
      await this.running;
    }
    if (this.entries.length > 0 || this.restoreTo) {
      throw new NotSavedError(this.status);
    }
    return this.head;
  }

  /** The head moved by something that was asked for outside (a draft taken, a revision restored). */
  movedTo(head: number): void {
    this.head = Math.max(this.head, head);
    this.savedAt = new Date();
    this.tell();
  }

  /** Answer a conflict. */
  settle(choice: Choice): void {
    this.conflict?.choose(choice);
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      const entry = this.entries[0];
      if (!entry && !this.restoreTo) {
        break;
      }
      if (entry?.open) {
        return;
      }
      this.status = this.status === "offline" ? "offline" : "saving";
      this.tell();
      const result = entry ? await this.transport.send(entry, this.head) : await this.restore();
      if (!(await this.settleResult(entry, result))) {
        return;
      }
    }
    if (this.entries.length === 0 && !this.stopped) {
      this.become("saved");
    }
  }

  private restore(): Promise<SendResult> {
    const wanted = this.restoreTo;
    return wanted
      ? this.transport.restore(wanted.number, this.head, wanted.clientId)
      : Promise.resolve({ kind: "offline" } as const);
  }

  /** Returns whether to go on. */
  private async settleResult(entry: Entry | undefined, result: SendResult): Promise<boolean> {
    switch (result.kind) {
      case "saved":
        await this.saved(entry, result);
        return true;
      case "stale":
        return this.rebase(result);
      case "offline":
        this.become("offline");
        await this.hooks.sleep(retryDelay(this.attempt));
        this.attempt += 1;
        return true;
      case "signedOut":
        this.become("signedOut");
        return false;
      case "locked":
        this.become("locked");
        return false;
      case "refused":
        return this.refused(entry, result.message);
    }
  }

  private async saved(entry: Entry | undefined, result: { number: number; head: number }): Promise<void> {
    const before = this.head;
    this.attempt = 0;
    this.savedAt = new Date();
    this.message = "";
    this.head = result.head;
    if (entry) {
      this.entries = this.entries.filter(({ seq }) => seq !== entry.seq);
      this.status = this.entries.length === 0 ? "saved" : "saving";
      this.tell(); // it is durable: clearing the journal need not be waited for
      await this.journal.remove(entry.seq);
      if (result.head !== before + 1 && result.head > before) {
        await this.hooks.onRemote(before, this.pendingFrames(entry));
      }
    } else {
      this.restoreTo = null;
      await this.hooks.onReload();
    }
    this.status = this.entries.length === 0 ? "saved" : "saving";
    this.tell();
  }

  private pendingFrames(...more: readonly Entry[]): ReadonlySet<string> {
    return new Set([...more, ...this.entries].flatMap((entry) => entry.frames.map(frameId)));
  }

  private async rebase(result: { head: number; changed: readonly FrameKey[] }): Promise<boolean> {
    const mine = this.pendingFrames();
    const overlap = result.changed.filter((key) => mine.has(frameId(key)));
    const since = this.head;
    if (overlap.length > 0 && !this.restoreTo) {
      const choice = await this.ask(result.head, overlap);
      if (choice === null) {
        return false;
      }
      if (choice === "theirs") {
        this.restoreTo = { number: result.head, clientId: this.hooks.newId() };
      }
    }
    this.head = result.head;
    this.status = "saving";
    this.tell();
    await this.hooks.onRemote(since, mine);
    return true;
  }

  /** Wait for the person; null when the room is left meanwhile. */
  private async ask(head: number, overlap: readonly FrameKey[]): Promise<Choice | null> {
    const choice = new Promise<Choice>((choose) => {
      this.conflict = { head, choose };
    });
    this.become("conflict");
    this.hooks.onConflict(overlap);
    const chosen = await choice;
    this.conflict = null;
    return this.stopped ? null : chosen;
  }

  /** The server will never take this entry: keep it in the journal, show why, and go on with the others. */
  private async refused(entry: Entry | undefined, message: string): Promise<boolean> {
    this.message = message;
    if (!entry) {
      this.restoreTo = null;
      this.become("refused");
      return false;
    }
    await this.journal.put({ ...entry, refused: message });
    this.entries = this.entries.filter(({ seq }) => seq !== entry.seq);
    this.become("refused");
    return this.entries.length > 0;
  }

  private become(status: SaveStatus): void {
    this.status = status === "saved" && this.message !== "" ? "refused" : status;
    this.tell();
  }

  private tell(): void {
    this.hooks.onState(this.state);
  }
}
