import "fake-indexeddb/auto";

import { describe, expect, it } from "vitest";

import { newId } from "./codec";
import { Journal, type Entry } from "./journal";

const entry = (reading: string, part: Partial<Entry> = {}): Omit<Entry, "seq"> => ({
  reading,
  clientId: newId(),
  tool: "brush-circle",
  drawnAt: "2026-01-01T00:00:00.000Z",
  frames: [{ sop: "1.2", frame: 1, layer: 0, rows: 2, columns: 2, data: Uint8Array.from([1, 2, 3]) }],
  measurements: [],
  answers: [],
  open: false,
  refused: "",
  ...part,
});

describe("the journal", () => {
  it("gives what was written in order, for each reading apart, also to a new tab", async () => {
    const name = newId();
    const journal = new Journal(name);
    const first = await journal.add(entry("a"));
    await journal.add(entry("b"));
    const third = await journal.add(entry("a"));
    await journal.close();
    const again = new Journal(name);
    expect(await again.pending("a")).toEqual([first, third]);
    expect((await again.pending("a"))[0]?.frames[0]?.data).toEqual(Uint8Array.from([1, 2, 3]));
    expect(third.seq).toBeGreaterThan(first.seq);
  });

  it("keeps a stroke that goes on as one entry", async () => {
    const journal = new Journal(newId());
    const open = await journal.add(entry("a", { open: true }));
    await journal.put({ ...open, frames: [...open.frames, ...open.frames], open: false });
    const pending = await journal.pending("a");
    expect(pending.map(({ seq, open: isOpen, frames }) => [seq, isOpen, frames.length])).toEqual([
      [open.seq, false, 2],
    ]);
  });

  it("forgets what the server has, and holds back what it refused", async () => {
    const journal = new Journal(newId());
    const sent = await journal.add(entry("a"));
    const bad = await journal.add(entry("a"));
    await journal.remove(sent.seq);
    await journal.put({ ...bad, refused: "unknown label" });
    expect(await journal.pending("a")).toEqual([]);
  });
});
