/** One tab at a time writes to a reading: who is at it, and how to take over. */

import { Desk } from "./desk";

export interface Presence {
  /** True when this tab holds the reading. */
  readonly held: boolean;
  /** Another tab of this browser had it when it was claimed. */
  readonly inOtherTab: boolean;
  /** Take the reading from the other tab or machine. */
  takeOver(): Promise<void>;
  /** The page is left (true) or comes back. */
  away(away: boolean): void;
  /** The server told that a machine took the reading. */
  takenBy(machine: string): void;
  release(): void;
}

const ANSWER_MS = 250;
/** A page that was just left or loaded again lets go a moment later. */
const TRIES = 4;
/** A tab that is asked to hand over writes down what is under the hand first; one that hangs is not waited for. */
const HAND_OVER_MS = 3_000;

interface Message {
  readonly kind: "who" | "here" | "mine";
  readonly tab: string;
}

export interface Claim {
  readonly reading: string;
  readonly tab: string;
  /** Several machines are told apart by the server; false for a reading that cannot be changed anyway. */
  readonly atDesk: boolean;
  /** Another tab or machine takes over; resolves when everything drawn here is written down. */
  lost(where: "tab" | "machine"): Promise<void>;
}

/** A lock that is not let go in time is taken by force. */
const isTimeout = (error: unknown): boolean =>
  error instanceof DOMException && (error.name === "AbortError" || error.name === "TimeoutError");

/** Who of this browser's tabs has the reading. */
class TabLock {
  private readonly name: string;
  private readonly lost: () => void;
  private letGo: (() => void) | null = null;

  constructor(name: string, lost: () => void) {
    this.name = name;
    this.lost = lost;
  }

  /** Ask for the lock; resolves to whether it was given. */
  ask(options: LockOptions): Promise<boolean> {
    return new Promise<boolean>((got, failed) => {
      let given = false;
      const holding = new Promise<void>((release) => {
        this.letGo = release;
      });
      navigator.locks
        .request(this.name, options, (granted) => {
          given = granted !== null;
          got(given);
          return given ? holding : undefined;
        })
        .catch((error: unknown) => (given ? this.lost() : failed(error)));
    });
  }

  /** Wait for the tab that has it to hand over, or take it. */
  async take(): Promise<void> {
    try {
      await this.ask({ signal: AbortSignal.timeout(HAND_OVER_MS) });
    } catch (error) {
      if (!isTimeout(error)) {
        throw error;
      }
      await this.ask({ steal: true });
    }
  }

  free(): void {
    this.letGo?.();
  }
}

const pause = () => new Promise((resolve) => setTimeout(resolve, ANSWER_MS));

/**
 * Claim a reading for this tab.
 *
 * Web Locks where there are any: they cannot be left behind by a tab that died. Without them (plain HTTP on a network)
 * tabs ask each other. Other machines are known to the server alone.
 */
export async function claim({ reading, tab, atDesk, lost }: Claim): Promise<Presence> {
  const name = `fiducial-reading-${reading}`;
  const channel = new BroadcastChannel(name);
  const locking = "locks" in navigator;
  let held = false;
  let answered = false;
  let inTab = false;

  const tell = (kind: Message["kind"]) => {
    const message: Message = { kind, tab };
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel has no target origin
    channel.postMessage(message);
  };
  const lose = async (where: "tab" | "machine") => {
    if (held) {
      held = false;
      await lost(where);
    }
    if (where === "tab") {
      inTab = false;
      desk.stop();
      lock.free();
    }
  };
  const lock = new TabLock(name, () => void lose("tab"));
  const desk = new Desk(reading, () => void lose("machine"));
  channel.addEventListener("message", (event: MessageEvent<Message>) => {
    if (event.data.tab === tab) {
      return;
    }
    if (event.data.kind === "who" && held) {
      tell("here");
    } else if (event.data.kind === "here") {
      answered = true;
    } else if (event.data.kind === "mine") {
      void lose("tab");
    }
  });

  if (locking) {
    for (let attempt = 0; attempt < TRIES && !inTab; attempt += 1) {
      if (attempt > 0) {
        await pause();
      }
      inTab = await lock.ask({ ifAvailable: true });
    }
  } else {
    tell("who");
    await pause();
    inTab = !answered;
  }
  held = inTab && (!atDesk || (await desk.sit("sit")));
  return {
    get held() {
      return held;
    },
    inOtherTab: !inTab,
    async takeOver() {
      if (!inTab) {
        tell("mine");
        await (locking ? lock.take() : pause());
        inTab = true;
      }
      held = inTab && (!atDesk || (await desk.sit("take")));
    },
    away: (away) => {
      if (held && atDesk) {
        void (away ? desk.leave() : desk.sit("sit"));
      }
    },
    takenBy: (machine) => desk.taken(machine),
    release() {
      held = false;
      desk.leave();
      lock.free();
      channel.close();
    },
  };
}
