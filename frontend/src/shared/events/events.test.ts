import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { EventStream, onEvent, reconnectDelay, useConnection, type ServerEvent } from "./events";
import { staleKeys } from "./invalidate";

/** A stand-in for the browser's WebSocket: the outside, which a unit test cannot have. */
class Socket extends EventTarget {
  constructor(readonly url: string) {
    super();
  }

  say(message: object): void {
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(message) }));
  }

  drop(code: number): void {
    this.dispatchEvent(Object.assign(new Event("close"), { code }));
  }

  close(): void {
    this.drop(1000);
  }
}

const event = (id: number) => ({ type: "event", id, at: "", kind: "job.changed", subject: "job:1", payload: {} });

describe("EventStream", () => {
  const sockets: Socket[] = [];
  const seen: ServerEvent[] = [];
  const onFresh = vi.fn<() => void>();
  const onSignedOut = vi.fn<() => void>();
  let stream: EventStream;
  let stopListening: () => void;

  beforeEach(() => {
    vi.useFakeTimers();
    sockets.length = 0;
    seen.length = 0;
    stopListening = onEvent((one) => seen.push(one));
    stream = new EventStream({
      onFresh,
      onSignedOut,
      open: (url) => {
        const socket = new Socket(url);
        sockets.push(socket);
        return socket as unknown as WebSocket;
      },
    });
    stream.start();
  });

  afterEach(() => {
    stream.stop();
    stopListening();
    vi.clearAllMocks();
    vi.useRealTimers();
  });

  it("starts from now and calls everything stale once", () => {
    expect(sockets[0]?.url).not.toContain("since");
    sockets[0]?.say({ type: "hello", last_id: 40 });
    expect(onFresh).toHaveBeenCalledTimes(1);
    expect(useConnection.getState().state).toBe("live");
  });

  it("resumes from the last id after a drop, and hears nothing twice", () => {
    sockets[0]?.say({ type: "hello", last_id: 40 });
    sockets[0]?.say(event(41));
    sockets[0]?.drop(1006);
    expect(useConnection.getState().state).toBe("lost");
    vi.advanceTimersByTime(1000);
    expect(sockets[1]?.url).toContain("?since=41");
    sockets[1]?.say({ type: "hello", last_id: 43 });
    sockets[1]?.say(event(41));
    sockets[1]?.say(event(42));
    sockets[1]?.say(event(43));
    expect(seen.map(({ id }) => id)).toEqual([41, 42, 43]);
    expect(onFresh).toHaveBeenCalledTimes(1);
  });

  it("stops when nobody is signed in", () => {
    sockets[0]?.drop(4401);
    vi.advanceTimersByTime(60_000);
    expect(onSignedOut).toHaveBeenCalledTimes(1);
    expect(sockets).toHaveLength(1);
  });

  it("does not come back after it was stopped", () => {
    stream.stop();
    vi.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(1);
  });
});

describe("reconnectDelay", () => {
  it("doubles up to a quarter of a minute, with jitter downwards", () => {
    expect([0, 1, 2, 10].map((n) => reconnectDelay(n, 0))).toEqual([500, 1000, 2000, 15_000]);
    expect(reconnectDelay(10, 1)).toBe(11_250);
  });
});

describe("staleKeys", () => {
  it("knows what a submitted reading changes, and nothing about unknown kinds", () => {
    expect(staleKeys("reading.changed")).toContain("worklist");
    expect(staleKeys("something.new")).toEqual([]);
  });
});
