import "fake-indexeddb/auto";

import { describe, expect, it } from "vitest";

import { newId } from "./codec";
import { Journal, type Entry } from "./journal";
import { Outbox, retryDelay } from "./outbox";
import { NotSavedError, type RemoteResult, type SaveState, type SendResult, type Transport } from "./sending";

/** A server that keeps revisions as the real one does: numbered, idempotent by client id, strict about the base. */
class Server implements Transport {
  revisions: { clientId: string; frames: ReadonlyMap<string, string> }[] = [];
  /** Answers that come instead of the real one, one for each call. */
  instead: SendResult[] = [];
  /** The answer of the next saved revision is lost on the way. */
  loseAnswer = false;
  calls = 0;

  get head(): number {
    return this.revisions.length;
  }

  state(at = this.head): Map<string, string> {
    const state = new Map<string, string>();
    this.revisions.slice(0, at).forEach(({ frames }) => frames.forEach((value, key) => state.set(key, value)));
    return state;
  }

  write(frames: Record<string, string>, clientId = newId()): void {
    this.revisions.push({ clientId, frames: new Map(Object.entries(frames)) });
  }

  private answer(clientId: string, base: number, frames: () => ReadonlyMap<string, string>): SendResult {
    this.calls += 1;
    const instead = this.instead.shift();
    if (instead) {
      return instead;
    }
    const known = this.revisions.findIndex((revision) => revision.clientId === clientId);
    if (known >= 0) {
      return { kind: "saved", number: known + 1, head: this.head };
    }
    if (base !== this.head) {
      const changed = this.revisions.slice(base).flatMap((revision) => [...revision.frames.keys()]);
      return { kind: "stale", head: this.head, changed: changed.map((sop) => `${sop}#1#0`) };
    }
    this.revisions.push({ clientId, frames: frames() });
    if (this.loseAnswer) {
      this.loseAnswer = false;
      return { kind: "offline", reason: "" };
    }
    return { kind: "saved", number: this.head, head: this.head };
  }

  send(entry: Entry, base: number): Promise<SendResult> {
    const frames = () => new Map(entry.frames.map(({ sop, data }) => [sop, String(data[0])]));
    return Promise.resolve(this.answer(entry.clientId, base, frames));
  }

  restore(number: number, base: number, clientId: string): Promise<SendResult> {
    const frames = () => new Map([...this.state().keys()].map((sop) => [sop, this.state(number).get(sop) ?? ""]));
    return Promise.resolve(this.answer(clientId, base, frames));
  }
}

function room(server = new Server(), head = server.head) {
  const journal = new Journal(newId());
  const seen: SaveState[] = [];
  const pulled: { since: number; mine: string[] }[] = [];
  const conflicts: string[][] = [];
  /** What comes of the next pulls instead of a plain yes. */
  const pulls: RemoteResult[] = [];
  const outbox = new Outbox(
    journal,
    server,
    {
      onState: (state) => seen.push(state),
      onRemote: (since, mine) => {
        pulled.push({ since, mine: [...mine] });
        return Promise.resolve(pulls.shift() ?? { kind: "taken", head: server.head });
      },
      onConflict: (overlap) => conflicts.push([...overlap]),
      newId,
      sleep: () => new Promise((resolve) => setTimeout(resolve, 1)),
      wake: () => undefined,
    },
    head,
    server.head,
  );
  const draw = async (frames: Record<string, number>, open = false) => {
    const entry = await journal.add({
      reading: "r",
      person: "p",
      base: 0,
      clientId: newId(),
      tool: "brush-circle",
      drawnAt: "",
      frames: Object.entries(frames).map(([sop, value]) => ({
        sop,
        frame: 1,
        layer: 0,
        rows: 1,
        columns: 1,
        data: Uint8Array.from([value]),
      })),
      measurements: [],
      answers: [],
      open,
      refused: "",
    });
    outbox.take(entry);
    return entry;
  };
  const quiet = () => new Promise((resolve) => setTimeout(resolve, 40));
  return { server, journal, outbox, draw, quiet, seen, pulled, pulls, conflicts };
}

describe("the outbox", () => {
  it("sends in order and empties the journal", async () => {
    const { server, journal, outbox, draw } = room();
    await Promise.all([draw({ a: 1 }), draw({ b: 2 }), draw({ a: 3 })]);
    expect(await outbox.drain()).toBe(3);
    expect(server.revisions.map(({ frames }) => Object.fromEntries(frames))).toEqual([
      { a: "1" },
      { b: "2" },
      { a: "3" },
    ]);
    expect(await journal.pending("r", "p")).toEqual([]);
    expect(outbox.state).toMatchObject({ status: "saved", head: 3, pending: 0 });
  });

  it("waits for the hand to be lifted", async () => {
    const { server, journal, outbox, draw, quiet } = room();
    const open = await draw({ a: 1 }, true);
    await quiet();
    expect(server.calls).toBe(0);
    expect(outbox.state).toMatchObject({ status: "saving", pending: 1 });
    const closed = { ...open, open: false };
    await journal.put(closed);
    outbox.take(closed);
    expect(await outbox.drain()).toBe(1);
  });

  it("tries again while offline, and counts what waits", async () => {
    const { server, outbox, draw, seen } = room();
    server.instead = [
      { kind: "offline", reason: "" },
      { kind: "offline", reason: "storage_full" },
    ];
    await draw({ a: 1 });
    await draw({ b: 1 });
    expect(await outbox.drain()).toBe(2);
    expect(seen.some(({ status, pending }) => status === "offline" && pending === 2)).toBe(true);
    expect(seen.some(({ status, message }) => status === "offline" && message === "storage_full")).toBe(true);
    expect([0, 1, 2, 10].map(retryDelay)).toEqual([500, 1000, 2000, 15_000]);
  });

  it("writes a stroke once when only the answer was lost", async () => {
    const { server, outbox, draw } = room();
    server.loseAnswer = true;
    await draw({ a: 1 });
    expect(await outbox.drain()).toBe(1);
    expect(server.head).toBe(1);
  });

  it("rebases by itself when the other side changed other frames", async () => {
    const { server, outbox, draw, pulled, conflicts } = room();
    server.write({ b: "9" });
    await draw({ a: 1 });
    expect(await outbox.drain()).toBe(2);
    expect(pulled).toEqual([{ since: 0, mine: ["a#1#0"] }]);
    expect(conflicts).toEqual([]);
    expect(Object.fromEntries(server.state())).toEqual({ a: "1", b: "9" });
  });

  it("asks when both changed a frame; keeping mine leaves theirs in the history", async () => {
    const { server, outbox, draw, quiet, conflicts } = room();
    server.write({ a: "9", c: "9" });
    await draw({ a: 1 });
    await quiet();
    expect(outbox.state.status).toBe("conflict");
    expect(conflicts).toEqual([["a#1#0"]]);
    outbox.settle("mine");
    expect(await outbox.drain()).toBe(2);
    expect(Object.fromEntries(server.state())).toEqual({ a: "1", c: "9" });
    expect(Object.fromEntries(server.state(1))).toEqual({ a: "9", c: "9" });
  });

  it("taking theirs posts mine first and then restores theirs, so that both are in the history", async () => {
    const { server, outbox, draw, quiet, pulled } = room();
    server.write({ a: "9" });
    await draw({ a: 1 });
    await draw({ b: 2 });
    await quiet();
    outbox.settle("theirs");
    expect(await outbox.drain()).toBe(4);
    expect(server.state().get("a")).toBe("9");
    expect(server.state().get("b")).toBe("");
    expect(Object.fromEntries(server.state(3))).toEqual({ a: "1", b: "2" });
    expect(pulled.at(-1)).toEqual({ since: 3, mine: [] });
  });

  it("waits for signing in and goes on where it was", async () => {
    const { server, outbox, draw, quiet, journal } = room();
    server.instead = [{ kind: "signedOut" }];
    await draw({ a: 1 });
    await quiet();
    expect(outbox.state).toMatchObject({ status: "signedOut", pending: 1 });
    expect(await journal.pending("r", "p")).toHaveLength(1);
    await expect(outbox.drain()).resolves.toBe(1);
  });

  it("keeps everything when the reading was locked elsewhere", async () => {
    const { server, outbox, draw, journal } = room();
    server.instead = [{ kind: "locked" }, { kind: "locked" }, { kind: "locked" }];
    await draw({ a: 1 });
    await expect(outbox.drain()).rejects.toThrow(NotSavedError);
    expect(outbox.state).toMatchObject({ status: "locked", pending: 1 });
    expect(await journal.pending("r", "p")).toHaveLength(1);
  });

  it("puts a refused change by, says why, and goes on with the rest", async () => {
    const { server, outbox, draw, quiet } = room();
    server.instead = [{ kind: "refused", message: "no such label" }];
    await draw({ a: 1 });
    await quiet();
    expect(outbox.state).toMatchObject({ status: "refused", refusal: "no such label", pending: 0 });
    await draw({ b: 1 });
    expect(await outbox.drain()).toBe(1);
    expect(outbox.state).toMatchObject({ status: "saved", refusal: "no such label" });
  });

  it("sends nothing after it was stopped", async () => {
    const { server, outbox, draw, quiet, journal } = room();
    await outbox.stop();
    await draw({ a: 1 });
    await quiet();
    expect(server.calls).toBe(0);
    expect(await journal.pending("r", "p")).toHaveLength(1);
  });

  it("asks when others wrote after a stroke of which only the answer was lost, before the next one covers it", async () => {
    const { server, outbox, draw, quiet, conflicts } = room();
    server.loseAnswer = true;
    const sending = draw({ a: 1 });
    await sending;
    server.write({ a: "9" });
    await draw({ a: 2 });
    await quiet();
    expect(conflicts).toEqual([["a#1#0"]]);
    outbox.settle("mine");
    expect(await outbox.drain()).toBe(3);
    expect(server.state(2).get("a")).toBe("9");
    expect(server.state().get("a")).toBe("2");
  });

  it("sends what was made on an older revision on that one, so that nothing is covered unseen", async () => {
    const server = new Server();
    server.write({ a: "9" });
    const { draw, quiet, conflicts } = room(server, 0);
    await draw({ a: 1 });
    await quiet();
    expect(conflicts).toEqual([["a#1#0"]]);
    expect(server.state().get("a")).toBe("9");
  });

  it("does not move on while what others wrote cannot be taken in", async () => {
    const { server, outbox, draw, pulls, pulled } = room();
    server.write({ b: "9" });
    pulls.push({ kind: "offline", reason: "" }, { kind: "busy" });
    await draw({ a: 1 });
    expect(await outbox.drain()).toBe(2);
    expect(pulled.map(({ since }) => since)).toEqual([0, 0, 0]);
  });

  it("takes in what others wrote while nothing waits here", async () => {
    const { server, outbox, pulled, quiet } = room();
    server.write({ b: "9" });
    outbox.heard(1);
    await quiet();
    expect(pulled).toEqual([{ since: 0, mine: [] }]);
    expect(outbox.state).toMatchObject({ status: "saved", head: 1 });
  });
});
