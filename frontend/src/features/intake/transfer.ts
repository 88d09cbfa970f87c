import { ApiError, asApiError } from "@/shared/api/errors";

import type { Pick } from "./collect";

/** What the transfer needs of the server. */
export interface Door {
  /** Sends files in one request; resolves when all of them are durable on the server. */
  send(picks: readonly Pick[], signal: AbortSignal, onSent: (bytes: number) => void): Promise<void>;
  /** Returns the paths of those files that the server already holds of this import. */
  known(picks: readonly Pick[], signal: AbortSignal): Promise<ReadonlySet<string>>;
}

export interface Progress {
  filesDone: number;
  bytesDone: number;
  /** True while the server is not reached and sending waits for it. */
  offline: boolean;
  paused: boolean;
  /** Why everything waits for a person, such as a full archive. */
  held: ApiError | null;
}

export interface Refused {
  pick: Pick;
  error: ApiError;
}

export interface TransferOptions {
  door: Door;
  onProgress: (progress: Progress) => void;
  onRefused: (refused: Refused) => void;
  parallel?: number;
  limits?: Limits;
  /** Pause before the nth try to send again, in milliseconds. */
  pauseMs?: (attempt: number) => number;
}

export interface Limits {
  bytes: number;
  files: number;
}

/** What a request holds at first; how much it may hold then follows the wire. */
export const usualLimits: Limits = { bytes: 2_000_000, files: 100 };
const [leastBytes, mostBytes] = [1_000_000, 32_000_000];
const [shortMs, longMs] = [1000, 4000];

/**
 * Returns how large the next request may be after one that took `tookMs`: long enough to fill the wire, and short
 * enough that progress is seen and little is lost when the wire breaks.
 */
export function nextLimit(bytes: number, tookMs: number): number {
  if (tookMs < shortMs) return Math.min(mostBytes, bytes * 2);
  return tookMs > longMs ? Math.max(leastBytes, bytes / 2) : bytes;
}
const parallelRequests = 3;
const knownAtOnce = 2000;

/** Returns the next files that go into one request; a file above the limit goes alone. */
export function nextBatch(queue: readonly Pick[], from: number, limits: Limits): readonly Pick[] {
  let bytes = 0;
  let to = from;
  while (to < queue.length && to - from < limits.files) {
    bytes += queue[to]?.file.size ?? 0;
    if (to > from && bytes > limits.bytes) break;
    to += 1;
  }
  return queue.slice(from, to);
}

/** Doubles from half a second to a quarter of a minute, with jitter so that many browsers do not come back at once. */
export function backOff(attempt: number): number {
  return Math.min(15_000, 500 * 2 ** attempt) * (1 - Math.random() / 4);
}

const sizeOf = (picks: readonly Pick[]) => picks.reduce((sum, { file }) => sum + file.size, 0);

const triesOfDefect = 5;
const betweenServers = new Set([502, 503, 504]);

/** True while the server is away or somebody has to sign in again; a server that fails on its own gets a few tries. */
export function isWorthWaiting(error: ApiError, attempt: number): boolean {
  if (error.status >= 500 && !betweenServers.has(error.status)) return attempt < triesOfDefect;
  return error.passing || error.status === 401;
}

/** An answer that every further file would get too: the archive is full. */
const isFull = (error: ApiError) => error.status === 507 || error.code.includes("quota");

/** True when the browser can still read the file; it may have been moved or changed since it was chosen. */
async function isReadable(pick: Pick): Promise<boolean> {
  try {
    await pick.file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

/**
 * Sends files in batches, a few requests at a time, until the server has every one of them or said why not.
 *
 * A lost connection or a restarted server is waited for, without end; what a broken request had already stored is asked
 * for before sending again, so that nothing is lost and nothing goes twice. A refused batch is halved until the file
 * that is refused stands alone.
 */
export class Transfer {
  readonly #options: TransferOptions;
  readonly #abort = new AbortController();
  #limits: Limits;
  #queue: readonly Pick[] = [];
  #next = 0;
  #progress: Progress = { filesDone: 0, bytesDone: 0, offline: false, paused: false, held: null };
  #waiting = new Set<() => void>();
  /** Why nothing more can be sent into this import. */
  #fatal: ApiError | null = null;

  constructor(options: TransferOptions) {
    this.#options = options;
    this.#limits = options.limits ?? usualLimits;
  }

  /** Sends the files that the server does not hold yet; resolves when there is nothing left to do, or it was stopped. */
  async run(picks: readonly Pick[], resume: boolean): Promise<void> {
    this.#queue = resume ? await this.#missingPatiently(picks) : picks;
    this.#next = 0;
    const parallel = this.#options.parallel ?? parallelRequests;
    await Promise.all(Array.from({ length: parallel }, () => this.#work()));
    if (this.#fatal) throw this.#fatal;
  }

  get stopped(): boolean {
    return this.#abort.signal.aborted;
  }

  pause(): void {
    this.#tell({ paused: true });
  }

  /** Goes on after a pause or a hold, and tries at once when it waits for the server. */
  goOn(): void {
    this.#tell({ paused: false, held: null });
    this.#wake();
  }

  stop(): void {
    this.#abort.abort();
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }

  #tell(change: Partial<Progress>): void {
    this.#progress = { ...this.#progress, ...change };
    this.#options.onProgress(this.#progress);
  }

  #count(picks: readonly Pick[], bytes: number): void {
    const { filesDone, bytesDone } = this.#progress;
    this.#tell({ filesDone: filesDone + picks.length, bytesDone: bytesDone + bytes });
  }

  async #missingPatiently(picks: readonly Pick[]): Promise<readonly Pick[]> {
    const { filesDone, bytesDone } = this.#progress;
    for (let attempt = 0; !this.stopped; attempt += 1) {
      try {
        const missing = await this.#missing(picks);
        this.#tell({ offline: false });
        return missing;
      } catch (thrown) {
        const error = asApiError(thrown);
        if (this.stopped || !isWorthWaiting(error, attempt)) throw error;
        this.#tell({ filesDone, bytesDone, offline: true });
        await this.#sleep((this.#options.pauseMs ?? backOff)(attempt));
      }
    }
    return [];
  }

  async #work(): Promise<void> {
    while (this.#next < this.#queue.length && !this.stopped) {
      await this.#gate();
      const batch = nextBatch(this.#queue, this.#next, this.#limits);
      this.#next += batch.length;
      if (batch.length > 0) await this.#deliver(batch, false);
    }
  }

  async #gate(): Promise<void> {
    while ((this.#progress.paused || this.#progress.held) && !this.stopped) await this.#sleep(60_000);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#waiting.add(wake);
    });
  }

  async #deliver(batch: readonly Pick[], doubtful: boolean): Promise<void> {
    let left = batch;
    let inDoubt = doubtful;
    for (let attempt = 0; !this.stopped; attempt += 1) {
      await this.#gate();
      if (this.stopped) return;
      try {
        if (inDoubt) left = await this.#missing(left);
        if (left.length > 0) await this.#send(left);
        if (this.#progress.offline) this.#tell({ offline: false });
        return;
      } catch (thrown) {
        if (this.stopped) return;
        const error = asApiError(thrown);
        inDoubt = true;
        if (error.status === 0) left = await this.#readable(left);
        if (error.code === "import_closed") {
          this.#fatal = error;
          this.stop();
        } else if (isFull(error)) {
          this.#tell({ held: error });
        } else if (isWorthWaiting(error, attempt)) {
          this.#tell({ offline: true });
          await this.#sleep((this.#options.pauseMs ?? backOff)(attempt));
        } else {
          await this.#divide(left, error);
          return;
        }
      }
    }
  }

  async #divide(refused: readonly Pick[], error: ApiError): Promise<void> {
    const [only] = refused;
    if (only && refused.length === 1) {
      this.#options.onRefused({ pick: only, error });
      this.#count(refused, sizeOf(refused));
      return;
    }
    const half = Math.ceil(refused.length / 2);
    await this.#deliver(refused.slice(0, half), true);
    await this.#deliver(refused.slice(half), true);
  }

  async #send(picks: readonly Pick[]): Promise<void> {
    const all = sizeOf(picks);
    let told = 0;
    const tell = (sent: number) => {
      const bytes = Math.min(sent, all);
      this.#count([], bytes - told);
      told = bytes;
    };
    const began = performance.now();
    try {
      await this.#options.door.send(picks, this.#abort.signal, tell);
      const bytes = nextLimit(this.#limits.bytes, performance.now() - began);
      // A request that was cut short by its number of files says little of the wire.
      if (all > this.#limits.bytes / 2 || bytes < this.#limits.bytes) this.#limits = { ...this.#limits, bytes };
      tell(all);
      this.#count(picks, 0);
    } catch (error) {
      tell(0);
      throw error;
    }
  }

  /** Counts what the server already holds as done; returns the rest. */
  async #missing(picks: readonly Pick[]): Promise<readonly Pick[]> {
    const rest: Pick[] = [];
    for (let from = 0; from < picks.length; from += knownAtOnce) {
      const part = picks.slice(from, from + knownAtOnce);
      const known = await this.#options.door.known(part, this.#abort.signal);
      const held = part.filter(({ path }) => known.has(path));
      this.#count(held, sizeOf(held));
      rest.push(...part.filter(({ path }) => !known.has(path)));
    }
    return rest;
  }

  /** Refuses the files that this machine itself can no longer read; returns the rest. */
  async #readable(picks: readonly Pick[]): Promise<readonly Pick[]> {
    const fine = await Promise.all(picks.map(isReadable));
    const lost = picks.filter((_, index) => !fine[index]);
    for (const pick of lost) {
      this.#options.onRefused({ pick, error: new ApiError(0, "file_unreadable", "") });
      this.#count([pick], pick.file.size);
    }
    return picks.filter((_, index) => fine[index]);
  }
}
