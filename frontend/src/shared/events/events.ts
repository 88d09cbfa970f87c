import { create } from "zustand";

/** Something that happened on the server, in the order of its id. */
export interface ServerEvent {
  id: number;
  at: string;
  kind: string;
  subject: string;
  payload: Readonly<Record<string, unknown>>;
}

export type EventListener = (event: ServerEvent) => void;

interface Connection {
  state: "off" | "connecting" | "live" | "lost";
}

/** How the one WebSocket stands. */
export const useConnection = create<Connection>(() => ({ state: "off" }));

const listeners = new Set<EventListener>();

/** Calls `listener` for every event; returns how to stop. */
export function onEvent(listener: EventListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const unauthenticated = 4401;
const firstDelayMs = 500;
const longestDelayMs = 15_000;

/** Returns the pause before the nth try to connect again, with up to a quarter of jitter. */
export function reconnectDelay(attempt: number, random: number): number {
  return Math.min(longestDelayMs, firstDelayMs * 2 ** attempt) * (1 - random / 4);
}

type Message = { type: "hello"; last_id: number } | ({ type: "event" } & ServerEvent);

function isMessage(value: unknown): value is Message {
  return typeof value === "object" && value !== null && "type" in value;
}

export interface EventStreamOptions {
  /** Called when the stream starts without a past: what happened before is not told, so everything may be stale. */
  onFresh: () => void;
  onSignedOut: () => void;
  open?: (url: string) => WebSocket;
}

/**
 * The one WebSocket of the page. After a drop it resumes from the last id that was seen, so that no event is missed.
 */
export class EventStream {
  #socket: WebSocket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #lastId: number | null = null;
  #stopped = true;
  readonly #options: EventStreamOptions;

  constructor(options: EventStreamOptions) {
    this.#options = options;
  }

  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#socket?.close();
    this.#socket = null;
    useConnection.setState({ state: "off" });
  }

  #connect(): void {
    useConnection.setState({ state: this.#attempt === 0 ? "connecting" : "lost" });
    const scheme = window.location.protocol === "https:" ? "wss" : "ws";
    const since = this.#lastId === null ? "" : `?since=${this.#lastId}`;
    const open = this.#options.open ?? ((url: string) => new WebSocket(url));
    const socket = open(`${scheme}://${window.location.host}/ws/events${since}`);
    this.#socket = socket;
    socket.addEventListener("message", (message) => {
      if (this.#socket === socket) this.#receive(message.data);
    });
    socket.addEventListener("close", (closed) => {
      if (this.#socket === socket && !this.#stopped) this.#dropped(closed.code);
    });
  }

  #receive(data: unknown): void {
    if (typeof data !== "string") return;
    const message: unknown = JSON.parse(data);
    if (!isMessage(message)) return;
    this.#attempt = 0;
    useConnection.setState({ state: "live" });
    if (message.type === "hello") {
      if (this.#lastId === null) {
        this.#lastId = message.last_id;
        this.#options.onFresh();
      }
      return;
    }
    if (this.#lastId !== null && message.id <= this.#lastId) return;
    this.#lastId = message.id;
    for (const listener of listeners) listener(message);
  }

  #dropped(code: number): void {
    if (code === unauthenticated) {
      this.stop();
      this.#options.onSignedOut();
      return;
    }
    useConnection.setState({ state: "lost" });
    this.#timer = setTimeout(() => this.#connect(), reconnectDelay(this.#attempt, Math.random()));
    this.#attempt += 1;
  }
}
