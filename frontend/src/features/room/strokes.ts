/** From what the hand changes to journal entries: while it moves, and at once when it is lifted. */

import type { FrameKey, FrameMask } from "@/imaging";

import { frameId, newId, packFrame, type PackedFrame } from "./codec";
import type { AnswerChange, Entry, Journal, MeasurementChange } from "./journal";

/** A stroke that goes on is written at most this often. */
const FLUSH_MS = 150;

interface OpenStroke {
  readonly tool: string;
  readonly frames: Map<string, PackedFrame>;
  entry: Entry | null;
}

export interface StrokeHooks {
  /** The present labels of frames. */
  exportFrames(keys: readonly FrameKey[]): FrameMask[];
  /** Frames as they were written. */
  packed(frames: readonly PackedFrame[]): void;
  /** An entry, or all of it but the last moments of a stroke, lies in the journal. */
  written(entry: Entry): void;
  /** The journal cannot be written: nothing is safe any more. */
  failed(error: unknown): void;
}

export class StrokeWriter {
  private readonly reading: string;
  private readonly journal: Journal;
  private readonly hooks: StrokeHooks;
  private stroke: OpenStroke | null = null;
  private dirty = new Map<string, FrameKey>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Writes to the journal, one after the other. */
  private writing: Promise<void> = Promise.resolve();

  constructor(reading: string, journal: Journal, hooks: StrokeHooks) {
    this.reading = reading;
    this.journal = journal;
    this.hooks = hooks;
  }

  /** True while something drawn is not in the journal yet. */
  get unwritten(): boolean {
    return this.dirty.size > 0;
  }

  /** Frames changed by the hand. */
  mark(keys: readonly FrameKey[], tool: string, finished: boolean): void {
    this.stroke ??= { tool, entry: null, frames: new Map() };
    keys.forEach((key) => this.dirty.set(frameId(key), key));
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
    const masks = this.hooks.exportFrames([...this.dirty.values()]);
    this.dirty = new Map();
    if (close) {
      this.stroke = null;
    }
    return this.write(() => this.writeStroke(stroke, masks, close));
  }

  private async writeStroke(stroke: OpenStroke, masks: readonly FrameMask[], close: boolean): Promise<void> {
    const packed = await Promise.all(masks.map(packFrame));
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
      stroke.entry = await this.journal.add({ ...this.blank(stroke.tool), ...content });
      this.hooks.written(stroke.entry);
    }
  }

  /** Write a change that is no stroke. */
  record(tool: string, change: { measurements?: MeasurementChange[]; answers?: AnswerChange[] }): Promise<void> {
    return this.write(async () => this.hooks.written(await this.journal.add({ ...this.blank(tool), ...change })));
  }

  private write(step: () => Promise<void>): Promise<void> {
    this.writing = this.writing.then(step).catch((error: unknown) => this.hooks.failed(error));
    return this.writing;
  }

  private blank(tool: string): Omit<Entry, "seq"> {
    return {
      reading: this.reading,
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
