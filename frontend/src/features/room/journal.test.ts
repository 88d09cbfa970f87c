import "fake-indexeddb/auto";

import { describe, expect, it, vi } from "vitest";

import { newId } from "./codec";
import { Journal, type Entry } from "./journal";

const entry = (reading: string, part: Partial<Entry> = {}): Omit<Entry, "seq"> => ({
  reading,
  person: "p",
  base: 0,
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
    expect(await again.pending("a", "p")).toEqual([first, third]);
    expect((await again.pending("a", "p"))[0]?.frames[0]?.data).toEqual(Uint8Array.from([1, 2, 3]));
    expect(third.seq).toBeGreaterThan(first.seq);
  });

  it("keeps a stroke that goes on as one entry", async () => {
    const journal = new Journal(newId());
    const open = await journal.add(entry("a", { open: true }));
    await journal.put({ ...open, frames: [...open.frames, ...open.frames], open: false });
    const pending = await journal.pending("a", "p");
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
    expect(await journal.pending("a", "p")).toEqual([]);
  });

  it("knows which revision of its own what waits was drawn on", async () => {
    const journal = new Journal(newId());
    const first = await journal.add(entry("a", { base: 4 }));
    const second = await journal.add(entry("a", { base: 4 })); // begun before the first one was saved
    expect(await journal.baseOf([first, second], 9)).toBe(4);
    await journal.saved(first, 5);
    expect(await journal.pending("a", "p")).toEqual([second]);
    expect(await journal.baseOf([second], 9)).toBe(5);
    const third = await journal.add(entry("a", { base: 7 }));
    expect(await journal.baseOf([third], 9)).toBe(7);
    const others = await journal.add(entry("a", { base: 2, person: "q" }));
    expect(await journal.baseOf([others], 9)).toBe(2);
    expect(await journal.baseOf([], 9)).toBe(9);
  });

  it("gives everybody their own alone: people share a browser", async () => {
    const journal = new Journal(newId());
    const [own] = [await journal.add(entry("a")), await journal.add(entry("b")), await journal.add(entry("b"))];
    const others = await journal.add(entry("a", { person: "q" }));
    const refused = await journal.add(entry("a", { person: "q", refused: "unknown label" }));
    expect(await journal.pending("a", "p")).toEqual([own]);
    expect(await journal.refused("a", "p")).toEqual([]);
    expect([await journal.pending("a", "q"), await journal.refused("a", "q")]).toEqual([[others], [refused]]);
    expect(await journal.readings("p")).toEqual(
      new Map([
        ["a", 1],
        ["b", 2],
      ]),
    );
    expect(await journal.readings("q")).toEqual(new Map([["a", 2]]));
    expect(await journal.readings("nobody")).toEqual(new Map());
  });

  it("holds entries in memory while the browser's storage takes none, in order, and says so", async () => {
    const journal = new Journal(newId());
    const first = await journal.add(entry("r"));
    const full = vi.spyOn(IDBObjectStore.prototype, "add").mockImplementation(() => {
      throw new DOMException("no room", "QuotaExceededError");
    });
    const second = await journal.add(entry("r"));
    const third = await journal.add(entry("r"));
    full.mockRestore();
    const fourth = await journal.add(entry("r"));
    expect(journal.trouble).toBe("");
    expect([first, second, third, fourth].map(({ seq }) => journal.keeps(seq))).toEqual([true, false, false, true]);
    expect((await journal.pending("r", "p")).map(({ clientId }) => clientId)).toEqual(
      [first, second, third, fourth].map(({ clientId }) => clientId),
    );
    await journal.remove(second.seq);
    expect(await journal.pending("r", "p")).toHaveLength(3);
    expect(await journal.readings("p")).toEqual(new Map([["r", 2]]));
  });

  it("goes on in memory where there is no database at all", async () => {
    const none = vi.spyOn(indexedDB, "open").mockImplementation(() => {
      throw new DOMException("forbidden", "SecurityError");
    });
    const journal = new Journal(newId());
    const kept = await journal.add(entry("r"));
    expect(journal.trouble).toBe("SecurityError");
    expect(await journal.pending("r", "p")).toEqual([kept]);
    none.mockRestore();
  });
});
