/** From what the hand changes to journal entries: while it moves, and at once when it is lifted. */

import type { FrameKey, Lent } from "@/imaging";

import { frameId, newId, type PackedFrame } from "./codec";
import type { AnswerChange, Entry, Journal, MeasurementChange } from "./journal";
import { packFrames } from "./packing";
import { idsOf } from "./sending";

/** A stroke that goes on is written at most this often. */
const FLUSH_MS = 150;

interface OpenStroke {
  readonly tool: string;
  readonly frames: Map<string, PackedFrame>;
  entry: Entry | null;
}

export interface StrokeHooks {
  /** The present labels of frames, as they stay until they are given back. */
  lendFrames(keys: readonly FrameKey[]): Lent;
  /** Frames as they were written. */
  packed(frames: readonly PackedFrame[]): void;
  /** An entry, or all of it but the last moments of a stroke, lies in the journal. */
  written(entry: Entry): void;
  /** The revision that what is on the screen builds on. */
  base(): number;
  /** Whether something drawn waits to be written (`unwritten`) may have changed. */
  moved(): void;
  /** A defect of ours: what was drawn could not even be packed. */
  failed(error: unknown): void;
}

/** Who draws on what. */
export interface Authorship {
  readonly reading: string;
  readonly person: string;
}

export class StrokeWriter {
  private readonly of: Authorship;
  private readonly journal: Journal;
  private readonly hooks: StrokeHooks;
  private stroke: OpenStroke | null = null;
  private dirty = new Map<string, FrameKey>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Writes to the journal, one after the other; and what they touch, until it is there. */
  private writing: Promise<void> = Promise.resolve();
  private readonly underWay = new Set<readonly string[]>();

  constructor(of: Authorship, journal: Journal, hooks: StrokeHooks) {
    this.of = of;
    this.journal = journal;
    this.hooks = hooks;
  }

  /** True while something drawn is not in the journal yet. */
  get unwritten(): boolean {
    return this.dirty.size > 0 || this.underWay.size > 0;
  }

  /** What that is (see `idsOf`). */
  get touched(): ReadonlySet<string> {
    return new Set([...this.dirty.keys(), ...[...this.underWay].flat()]);
  }

  /** Frames changed by the hand. */
  mark(keys: readonly FrameKey[], tool: string, finished: boolean): void {
    this.stroke ??= { tool, entry: null, frames: new Map() };
    keys.forEach((key) => this.dirty.set(frameId(key), key));
    this.hooks.moved();
    if (finished) {
      void this.flush(true);
    } else {
      this.timer ??= setTimeout(() => void this.flush(false), FLUSH_MS);
    }
  }

  /** Write what is drawn; `close` ends the stroke, so that it is sent. Resolves when everything before is written. */
  flush(close: boolean): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { stroke } = this;
    if (!stroke) {
      return this.writing;
    }
    const touched = [...this.dirty.keys()];
    const lent = this.hooks.lendFrames([...this.dirty.values()]);
    this.dirty = new Map();
    if (close) {
      this.stroke = null;
    }
    const base = this.hooks.base();
    return this.write(touched, () => this.writeStroke(stroke, lent, close, base));
  }

  private async writeStroke(stroke: OpenStroke, lent: Lent, close: boolean, base: number): Promise<void> {
    const packed = await packFrames(lent.frames).finally(() => lent.release());
    packed.forEach((frame) => stroke.frames.set(frameId(frame), frame));
    this.hooks.packed(packed);
    const content = { frames: [...stroke.frames.values()], open: !close };
    if (stroke.entry) {
      // The stroke is in the journal already; its end goes there and to the server at once.
      stroke.entry = { ...stroke.entry, ...content };
      const put = this.journal.put(stroke.entry);
      this.hooks.written(stroke.entry);
      await put;
    } else if (content.frames.length > 0) {
      stroke.entry = await this.journal.add({ ...this.blank(stroke.tool, base), ...content });
      this.hooks.written(stroke.entry);
    }
  }

  /** Write a change that is no stroke. */
  record(tool: string, change: { measurements?: MeasurementChange[]; answers?: AnswerChange[] }): Promise<void> {
    const entry = { ...this.blank(tool, this.hooks.base()), ...change };
    return this.write(idsOf(entry), async () => this.hooks.written(await this.journal.add(entry)));
  }

  private write(touched: readonly string[], step: () => Promise<void>): Promise<void> {
    const ids = [...touched];
    this.underWay.add(ids);
    this.hooks.moved();
    this.writing = this.writing
      .then(step)
      .catch((error: unknown) => this.hooks.failed(error))
      .finally(() => {
        this.underWay.delete(ids);
        this.hooks.moved();
      });
    return this.writing;
  }

  private blank(tool: string, base: number): Omit<Entry, "seq"> {
    return {
      ...this.of,
      base,
      clientId: newId(),
      tool,
      drawnAt: new Date().toISOString(),
      frames: [],
      measurements: [],
      answers: [],
      open: false,
      refused: "",
    };
  }
}
