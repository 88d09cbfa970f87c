/** At which machine (browser) a person works on a reading: the server knows, so that a second one is told. */

import { client, take } from "@/shared/api/client";
import type { Schemas } from "@/shared/api/types";

import { newId } from "./codec";

type Action = Schemas["DeskInRequest"]["action"];

const MACHINE_KEY = "fiducial-machine";
const BEAT_MS = 20_000;

/** This browser's own name; without storage (it is full, or forbidden) a page has one for as long as it lives. */
function readMachine(): string {
  const made = newId();
  try {
    const known = localStorage.getItem(MACHINE_KEY);
    if (known) {
      return known;
    }
    localStorage.setItem(MACHINE_KEY, made);
  } catch {
    return made; // only the name is lost: at worst this person is asked once more whether to take over
  }
  return made;
}

let known = "";
export function machine(): string {
  known ||= readMachine();
  return known;
}

export class Desk {
  private readonly reading: string;
  private readonly lost: () => void;
  private timer: ReturnType<typeof setInterval> | undefined;

  /** `lost` is called when the reading was taken over at another machine. */
  constructor(reading: string, lost: () => void) {
    this.reading = reading;
    this.lost = lost;
  }

  /** Sit down; resolves to false where another machine has the reading. Whoever has no network stays where they are. */
  async sit(action: "sit" | "take"): Promise<boolean> {
    const held = await this.ask(action).catch(() => true);
    clearInterval(this.timer);
    if (held) {
      this.timer = setInterval(() => void this.beat(), BEAT_MS);
    }
    return held;
  }

  leave(): void {
    if (this.timer !== undefined) {
      this.stop();
      // A desk that was not given back is free by itself after a while.
      this.ask("leave").catch(() => undefined);
    }
  }

  private async beat(): Promise<void> {
    const held = await this.ask("sit").catch(() => true);
    if (!held && this.timer !== undefined) {
      this.stop();
      this.lost();
    }
  }

  /** Another tab of this machine has it now. */
  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** Another machine took it over, as the server tells. */
  taken(by: string): void {
    if (by !== machine() && this.timer !== undefined) {
      this.stop();
      this.lost();
    }
  }

  private async ask(action: Action): Promise<boolean> {
    const params = { path: { reading_id: this.reading } };
    const body = { machine: machine(), action };
    const answer = await take(client.POST("/api/readings/{reading_id}/desk", { params, body, keepalive: true }));
    return answer.held;
  }
}
