import "fake-indexeddb/auto";

import { describe, expect, it, vi } from "vitest";

import type { FrameKey } from "@/imaging";

import { newId, unpackFrame } from "./codec";
import { Journal, type Entry } from "./journal";
import { StrokeWriter } from "./strokes";

const key = (sop: string): FrameKey => ({ sop, frame: 1, layer: 0 });

function desk() {
  const journal = new Journal(newId());
  const labels = new Map<string, Uint8Array>();
  const written: Entry[] = [];
  const writer = new StrokeWriter({ reading: "r", person: "p" }, journal, {
    lendFrames: (keys) => ({
      frames: keys.map((frame) => ({
        ...frame,
        rows: 2,
        columns: 2,
        labels: labels.get(frame.sop)?.slice() ?? new Uint8Array(4),
      })),
      release: () => undefined,
    }),
    packed: () => undefined,
    written: (entry) => written.push(entry),
    base: () => 7,
    moved: () => undefined,
    failed: (error) => {
      throw error;
    },
  });
  return { journal, labels, written, writer };
}

describe("a stroke", () => {
  it("lies in the journal while the hand is still on it", async () => {
    const { journal, labels, writer } = desk();
    labels.set("a", Uint8Array.from([1, 0, 0, 0]));
    writer.mark([key("a")], "brush-circle", false);
    expect(writer.unwritten).toBe(true);
    await vi.waitFor(() => expect(writer.unwritten).toBe(false), 5000);
    const [entry] = await journal.pending("r", "p");
    expect(entry).toMatchObject({ open: true, tool: "brush-circle" });
    expect(writer.unwritten).toBe(false);
  });

  it("is one entry with the newest state of every frame it touched", async () => {
    const { journal, labels, written, writer } = desk();
    labels.set("a", Uint8Array.from([1, 0, 0, 0]));
    writer.mark([key("a")], "brush-circle", false);
    await writer.flush(false);
    labels.set("a", Uint8Array.from([1, 1, 0, 0]));
    labels.set("b", Uint8Array.from([0, 0, 0, 1]));
    writer.mark([key("a"), key("b")], "brush-circle", false);
    writer.mark([], "brush-circle", true);
    await writer.flush(true);
    const pending = await journal.pending("r", "p");
    expect(pending).toHaveLength(1);
    const frames = await Promise.all((pending[0]?.frames ?? []).map(unpackFrame));
    expect(frames.map(({ sop, labels: values }) => [sop, [...values]])).toEqual([
      ["a", [1, 1, 0, 0]],
      ["b", [0, 0, 0, 1]],
    ]);
    expect(pending[0]?.open).toBe(false);
    expect(new Set(written.map(({ clientId }) => clientId)).size).toBe(1);
  });

  it("of a new hand is a new entry, in order with other changes", async () => {
    const { journal, labels, writer } = desk();
    labels.set("a", Uint8Array.from([1, 0, 0, 0]));
    writer.mark([key("a")], "brush-circle", true);
    void writer.record("form", { answers: [{ question: "q", value: true }] });
    writer.mark([key("a")], "undo", true);
    await writer.flush(true);
    expect((await journal.pending("r", "p")).map(({ tool }) => tool)).toEqual(["brush-circle", "form", "undo"]);
  });
});
