/** One tab at a time writes to a reading: who is at it, and how to take over. */

export interface Presence {
  /** True when this tab holds the reading. */
  readonly held: boolean;
  /** Take the reading from the other tab. */
  takeOver(): Promise<void>;
  release(): void;
}

const ANSWER_MS = 250;
/** A page that was just left or loaded again lets go a moment later. */
const TRIES = 4;

interface Message {
  readonly kind: "who" | "here" | "mine";
  readonly tab: string;
}

/**
 * Claim a reading for this tab. `lost` is called when another tab takes it over.
 *
 * Web Locks where there are any: they cannot be left behind by a tab that died. Without them (plain HTTP on a network)
 * tabs ask each other.
 */
export async function claim(reading: string, tab: string, lost: () => void): Promise<Presence> {
  const name = `fiducial-reading-${reading}`;
  const channel = new BroadcastChannel(name);
  let held = false;
  let answered = false;
  let letGo: (() => void) | null = null;

  const tell = (kind: Message["kind"]) => {
    const message: Message = { kind, tab };
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel has no target origin
    channel.postMessage(message);
  };
  const lose = () => {
    if (held) {
      held = false;
      letGo?.();
      lost();
    }
  };
  channel.addEventListener("message", (event: MessageEvent<Message>) => {
    if (event.data.tab === tab) {
      return;
    }
    if (event.data.kind === "who" && held) {
      tell("here");
    } else if (event.data.kind === "here") {
      answered = true;
    } else if (event.data.kind === "mine") {
      lose();
    }
  });

  const lock = (options: LockOptions) =>
    new Promise<boolean>((got) => {
      const holding = new Promise<void>((release) => {
        letGo = release;
      });
      navigator.locks
        .request(name, options, (granted) => {
          got(granted !== null);
          return granted ? holding : undefined;
        })
        .catch(lose);
    });

  const pause = () => new Promise((resolve) => setTimeout(resolve, ANSWER_MS));
  if ("locks" in navigator) {
    for (let attempt = 0; attempt < TRIES && !held; attempt += 1) {
      if (attempt > 0) {
        await pause();
      }
      held = await lock({ ifAvailable: true });
    }
  } else {
    tell("who");
    await pause();
    held = !answered;
  }
  return {
    get held() {
      return held;
    },
    async takeOver() {
      tell("mine");
      held = "locks" in navigator ? await lock({ steal: true }) : true;
    },
    release() {
      held = false;
      letGo?.();
      channel.close();
    },
  };
}
