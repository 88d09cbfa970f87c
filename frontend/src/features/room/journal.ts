/** The journal: every change lies in this browser's database before it is sent, and until the server has it. */

import { openDB, type DBSchema, type IDBPDatabase } from "idb";

import type { PackedFrame } from "./codec";

export interface MeasurementChange {
  readonly key: string;
  /** Null deletes. */
  readonly data: Readonly<Record<string, unknown>> | null;
}

export interface AnswerChange {
  readonly question: string;
  /** Null takes the answer back. */
  readonly value: unknown;
}

export interface Entry {
  /** Order of the changes; given by the journal. */
  readonly seq: number;
  readonly reading: string;
  readonly clientId: string;
  readonly tool: string;
  readonly drawnAt: string;
  readonly frames: readonly PackedFrame[];
  readonly measurements: readonly MeasurementChange[];
  readonly answers: readonly AnswerChange[];
  /** The hand is still on it: kept, but not to be sent yet. */
  readonly open: boolean;
  /** The server refused it for good; it is kept and no longer sent. */
  readonly refused: string;
}

interface Schema extends DBSchema {
  entries: { key: number; value: Entry; indexes: { reading: string } };
}

const NAME = "fiducial-journal";

/**
 * Entries of all readings, in one database of this browser.
 *
 * A resolved write outlives the tab and the browser. It is handed to the operating system but not forced to the disk
 * ("relaxed"): that costs tens of milliseconds a stroke, and the server has the stroke a moment later.
 */
export class Journal {
  private readonly database: Promise<IDBPDatabase<Schema>>;

  constructor(name: string = NAME) {
    this.database = openDB<Schema>(name, 1, {
      upgrade(database) {
        const store = database.createObjectStore("entries", { keyPath: "seq", autoIncrement: true });
        store.createIndex("reading", "reading");
      },
    });
  }

  /** Write a new entry; resolves to it with its number. */
  async add(entry: Omit<Entry, "seq">): Promise<Entry> {
    const transaction = (await this.database).transaction("entries", "readwrite", { durability: "relaxed" });
    const seq = await transaction.store.add(entry as Entry);
    await transaction.done;
    return { ...entry, seq };
  }

  /** Write an entry again, such as a stroke that goes on. */
  async put(entry: Entry): Promise<void> {
    const transaction = (await this.database).transaction("entries", "readwrite", { durability: "relaxed" });
    await transaction.store.put(entry);
    await transaction.done;
  }

  async remove(seq: number): Promise<void> {
    const transaction = (await this.database).transaction("entries", "readwrite", { durability: "relaxed" });
    await transaction.store.delete(seq);
    await transaction.done;
  }

  /** What the server does not have yet, in order; refused entries are left out. */
  async pending(reading: string): Promise<Entry[]> {
    const entries = await (await this.database).getAllFromIndex("entries", "reading", reading);
    return entries.filter((entry) => entry.refused === "").sort((a, b) => a.seq - b.seq);
  }

  async close(): Promise<void> {
    (await this.database).close();
  }
}
