/** Sends journal entries in order until the server has them. It knows nothing of images, browsers or React. */

import type { Entry, Journal } from "./journal";
import {
  NotSavedError,
  idsOf,
  type Choice,
  type Failure,
  type OutboxHooks,
  type SaveState,
  type SaveStatus,
  type SendResult,
  type Transport,
} from "./sending";

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;
/** Somebody draws on what has to be taken in: the stroke will be over soon. */
const BUSY_DELAY_MS = 500;

export function retryDelay(attempt: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
}

export class Outbox {
  private readonly journal: Journal;
  private readonly transport: Transport;
  private readonly hooks: OutboxHooks;
  private entries: Entry[] = [];
  /** The revision that what is on the screen builds on. */
  private head: number;
  /** The newest revision that the server is known to have; above `head`: others wrote it. */
  private ahead: number;
  private status: SaveStatus = "saved";
  private savedAt: Date | null = null;
  private message = "";
  private refusal = "";
  private running: Promise<void> | null = null;
  private stopped = false;
  private attempt = 0;
  /** Asked to try while it was trying. */
  private again = false;
  private choose: ((choice: Choice | null) => void) | null = null;
  /** What the person decided to keep although others changed it, up to that head. */
  private kept: { readonly head: number; readonly ids: ReadonlySet<string> } | null = null;
  /** The head to return to once everything of ours is posted ("take theirs"). */
  private restoreTo: { number: number; clientId: string } | null = null;

  /** `head`: the revision that the first entry to come was made on; `ahead`: the server's own, where it is known. */
  constructor(journal: Journal, transport: Transport, hooks: OutboxHooks, head: number, ahead = head) {
    this.journal = journal;
    this.transport = transport;
    this.hooks = hooks;
    this.head = head;
    this.ahead = ahead;
  }

  get state(): SaveState {
    const { status, head, savedAt, entries } = this;
    const unkept = entries.filter(({ seq }) => !this.journal.keeps(seq)).length;
    return { status, head, pending: entries.length, unkept, savedAt, message: this.message, refusal: this.refusal };
  }

  /** What the entries touch that the server does not have yet. */
  get waitingIds(): ReadonlySet<string> {
    return new Set(this.entries.flatMap(idsOf));
  }

  /** What lies refused in the journal ("": nothing): known from an earlier visit, or settled by the person. */
  refusedBefore(refusal: string): void {
    this.refusal = refusal;
    this.tell();
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

  /** Send nothing any more; resolves when nothing is under way. What waits stays in the journal. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.choose?.(null);
    this.hooks.wake();
    await this.running;
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

  /** The server has a revision `head`, maybe somebody else's. */
  heard(head: number): void {
    this.ahead = Math.max(this.ahead, head);
    if (this.ahead > this.head) {
      this.kick();
    }
  }

  /** Answer a conflict. */
  settle(choice: Choice): void {
    this.choose?.(choice);
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      const entry = this.entries[0];
      if (entry?.open) {
        return;
      }
      if (!entry && !this.restoreTo) {
        if (this.ahead <= this.head) {
          break;
        }
        if (!(await this.catchUp())) {
          return;
        }
        continue;
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
      : Promise.resolve({ kind: "offline", reason: "" } as const);
  }

  /** Returns whether to go on. */
  private async settleResult(entry: Entry | undefined, result: SendResult): Promise<boolean> {
    switch (result.kind) {
      case "saved":
        await this.saved(entry, result);
        return true;
      case "stale":
        return this.rebase(result);
      case "refused":
        return this.refused(entry, result.message);
      default:
        return this.failed(result);
    }
  }

  private async failed(failure: Failure): Promise<boolean> {
    switch (failure.kind) {
      case "offline":
        this.message = failure.reason;
        this.become("offline");
        await this.hooks.sleep(retryDelay(this.attempt));
        this.attempt += 1;
        return true;
      case "refused":
        return this.refused(undefined, failure.message);
      default:
        this.become(failure.kind);
        return false;
    }
  }

  private async saved(entry: Entry | undefined, result: { number: number; head: number }): Promise<void> {
    this.attempt = 0;
    this.savedAt = new Date();
    this.message = "";
    this.ahead = Math.max(this.ahead, result.head);
    if (!entry) {
      this.restoreTo = null; // what it brought back is taken in like anybody's change
      return;
    }
    // Only as far as our own revision: what others wrote after it has to be seen (or asked about) first.
    this.head = Math.max(this.head, result.number);
    this.entries = this.entries.filter(({ seq }) => seq !== entry.seq);
    this.status = this.entries.length === 0 ? "saved" : "saving";
    this.tell(); // it is durable: clearing the journal need not be waited for
    await this.journal.saved(entry, result.number);
  }

  /** Take in what others wrote while nothing of ours waits. */
  private async catchUp(): Promise<boolean> {
    const result = await this.hooks.onRemote(this.head, new Set());
    if (result.kind === "taken") {
      this.attempt = 0;
      this.message = "";
      this.head = Math.max(this.head, result.head);
      this.ahead = Math.max(this.ahead, this.head);
      return true;
    }
    return this.later(result);
  }

  /** What others wrote could not be taken in now. */
  private async later(result: Failure | { readonly kind: "busy" }): Promise<boolean> {
    if (result.kind !== "busy") {
      return this.failed(result);
    }
    await this.hooks.sleep(BUSY_DELAY_MS);
    return true;
  }

  private async rebase(stale: { head: number; changed: readonly string[] }): Promise<boolean> {
    this.ahead = Math.max(this.ahead, stale.head);
    const mine = this.waitingIds;
    const decided = this.kept?.head === stale.head ? this.kept.ids : new Set<string>();
    const overlap = stale.changed.filter((id) => mine.has(id) && !decided.has(id));
    if (overlap.length > 0 && !this.restoreTo) {
      const choice = await this.ask(overlap);
      if (choice === null) {
        return false;
      }
      this.kept = { head: stale.head, ids: mine };
      if (choice === "theirs") {
        this.restoreTo = { number: stale.head, clientId: this.hooks.newId() };
      }
    }
    this.status = "saving";
    this.tell();
    const result = await this.hooks.onRemote(this.head, mine);
    if (result.kind === "taken") {
      this.head = Math.max(this.head, Math.min(result.head, stale.head));
      return true;
    }
    return this.later(result);
  }

  /** Wait for the person; null when the room is left meanwhile. */
  private async ask(overlap: readonly string[]): Promise<Choice | null> {
    if (this.stopped) {
      return null;
    }
    const choice = new Promise<Choice | null>((choose) => {
      this.choose = choose;
    });
    this.become("conflict");
    this.hooks.onConflict(overlap);
    const chosen = await choice;
    this.choose = null;
    return chosen;
  }

  /** The server will never take this entry: keep it in the journal, show why, and go on with the others. */
  private async refused(entry: Entry | undefined, message: string): Promise<boolean> {
    this.refusal = message;
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
    this.status = status;
    this.tell();
  }

  private tell(): void {
    this.hooks.onState(this.state);
  }
}
