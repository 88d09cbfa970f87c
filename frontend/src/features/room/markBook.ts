/** The present marks of the whole reading, frame by frame, also of series that are not open. */

import type { FrameKey } from "@/imaging";

import { frameId, type PackedFrame } from "./codec";
import type { Entry, MeasurementChange } from "./journal";

/** Measurements and answers as the server tells them. */
export interface SmallMarks {
  readonly measurements: readonly { readonly key: string; readonly data: Readonly<Record<string, unknown>> }[];
  readonly answers: Readonly<Record<string, unknown>>;
}

export interface SmallChoice {
  measurement(key: string): boolean;
  answer(question: string): boolean;
}

function renew<T>(present: Map<string, T>, next: ReadonlyMap<string, T>, keep: (key: string) => boolean): void {
  for (const key of [...present.keys()].filter((name) => !keep(name) && !next.has(name))) {
    present.delete(key);
  }
  next.forEach((value, key) => keep(key) || present.set(key, value));
}

export class MarkBook {
  private readonly frames = new Map<string, PackedFrame>();
  private readonly measurements = new Map<string, Readonly<Record<string, unknown>>>();
  private readonly answers = new Map<string, unknown>();

  putFrames(frames: Iterable<PackedFrame>, except: ReadonlySet<string> = new Set()): PackedFrame[] {
    const taken: PackedFrame[] = [];
    for (const frame of frames) {
      if (!except.has(frameId(frame))) {
        this.frames.set(frameId(frame), frame);
        taken.push(frame);
      }
    }
    return taken;
  }

  putMeasurement({ key, data }: MeasurementChange): void {
    if (data) {
      this.measurements.set(key, data);
    } else {
      this.measurements.delete(key);
    }
  }

  putAnswer(question: string, value: unknown): void {
    if (value === null || value === undefined) {
      this.answers.delete(question);
    } else {
      this.answers.set(question, value);
    }
  }

  /** Take over an unsent change. */
  replay(entry: Entry): void {
    this.putFrames(entry.frames);
    entry.measurements.forEach((change) => this.putMeasurement(change));
    entry.answers.forEach(({ question, value }) => this.putAnswer(question, value));
  }

  /** Take measurements and answers as the server has them, and forget all others. */
  putSmall(small: SmallMarks): void {
    this.renewSmall(small, { measurement: () => false, answer: () => false });
  }

  /** The same, but leave as they are those that `keep` names: changes of them are on their way. */
  renewSmall(small: SmallMarks, keep: SmallChoice): void {
    renew(this.measurements, new Map(small.measurements.map(({ key, data }) => [key, data])), keep.measurement);
    renew(this.answers, new Map(Object.entries(small.answers)), keep.answer);
  }

  clear(): void {
    this.frames.clear();
    this.measurements.clear();
    this.answers.clear();
  }

  framesOf(keys: Iterable<FrameKey>): PackedFrame[] {
    return [...keys].flatMap((key) => this.frames.get(frameId(key)) ?? []);
  }

  /** Frames that hold labels; of the others nothing is kept but that they are empty. */
  marked(): PackedFrame[] {
    return [...this.frames.values()].filter((frame) => frame.data.length > 0);
  }

  measurementEntries(): [string, Readonly<Record<string, unknown>>][] {
    return [...this.measurements];
  }

  answerRecord(): Record<string, unknown> {
    return Object.fromEntries(this.answers);
  }
}
