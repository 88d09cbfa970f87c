/** The journal: every change lies in this browser's database before it is sent, and until the server has it. */

import { openDB, type DBSchema, type IDBPDatabase, type IDBPObjectStore, type StoreNames } from "idb";

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
  /** Id of who made it: nobody else sends it. */
  readonly person: string;
  /** The revision it was made on. */
  readonly base: number;
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

/** The last revision that this browser saved: what waits was drawn on top of it, whatever base an entry began with. */
interface Own {
  readonly reading: string;
  readonly person: string;
  readonly number: number;
}

interface Schema extends DBSchema {
  entries: { key: number; value: Entry; indexes: { reading: string } };
  own: { key: [string, string]; value: Own };
}

type Store = IDBPDatabase<Schema>;
type Writable<Name extends StoreNames<Schema>> = IDBPObjectStore<Schema, [Name], Name, "readwrite">;

const NAME = "fiducial-journal";
/** The numbers of entries that the browser did not store lie between whole ones: in order, and never given twice. */
const UNKEPT_STEP = 1e-6;

const open = (name: string): Promise<Store> =>
  openDB<Schema>(name, 2, {
    upgrade(database, before) {
      if (before < 1) {
        const store = database.createObjectStore("entries", { keyPath: "seq", autoIncrement: true });
        store.createIndex("reading", "reading");
      }
      database.createObjectStore("own", { keyPath: ["reading", "person"] });
    },
  });

/** People share browsers: what one of them made is nobody else's to see or to send. */
const madeBy = (person: string) => (entry: Entry) => entry.person === person;

/**
 * Entries of all readings, in one database of this browser.
 *
 * A resolved write outlives the tab and the browser. It is handed to the operating system but not forced to the disk
 * ("relaxed"): that costs tens of milliseconds a stroke, and the server has the stroke a moment later.
 *
 * Where the browser takes no more (its storage is full, or broken), entries are held in memory, so that they can still
 * be sent: `keeps` tells them apart, and `trouble` says why.
 */
export class Journal {
  private readonly name: string;
  private database: Promise<Store> | null = null;
  private readonly unkept = new Map<number, Entry>();
  private last = 0;
  /** Why the browser did not take the last entry ("" when it did): the name of its error. */
  trouble = "";

  constructor(name: string = NAME) {
    this.name = name;
  }

  /** True when an entry outlives the page. */
  keeps(seq: number): boolean {
    return !this.unkept.has(seq);
  }

  /** Write a new entry; resolves to it with its number. */
  async add(entry: Omit<Entry, "seq">): Promise<Entry> {
    const seq = await this.write("entries", (store) => store.add(entry as Entry));
    const numbered = { ...entry, seq: seq ?? this.last + UNKEPT_STEP };
    this.last = numbered.seq;
    this.note(numbered, seq !== null);
    return numbered;
  }

  /** Write an entry again, such as a stroke that goes on. */
  async put(entry: Entry): Promise<void> {
    this.note(entry, (await this.write("entries", (store) => store.put(entry))) !== null);
  }

  /** Deleting works in a full storage too, so only a write that came through ends the trouble. */
  private note(entry: Entry, kept: boolean): void {
    if (kept) {
      this.trouble = "";
      this.unkept.delete(entry.seq);
    } else {
      this.unkept.set(entry.seq, entry);
    }
  }

  async remove(seq: number): Promise<void> {
    this.unkept.delete(seq);
    // An entry that stays behind is sent once more some day, and the server knows it by its id.
    await this.write("entries", (store) => store.delete(seq).then(() => seq));
  }

  /** The server has this entry, as revision `number`. */
  async saved({ seq, reading, person }: Entry, number: number): Promise<void> {
    await this.write("own", (store) => store.put({ reading, person, number }));
    await this.remove(seq);
  }

  /**
   * The revision that the entries in `pending` build on, or `head` where there are none. A stroke that was begun before
   * an earlier one was saved names the revision before that; to the server, it would be in conflict with its own.
   */
  async baseOf(pending: readonly Entry[], head: number): Promise<number> {
    const [first] = pending;
    if (!first) {
      return head;
    }
    const [own] = await this.read(async (database) => {
      const found = await database.get("own", [first.reading, first.person]);
      return found ? [found] : [];
    });
    return Math.min(head, Math.max(first.base, own?.number ?? 0));
  }

  /** What the server does not have yet, in order; refused entries are left out. */
  async pending(reading: string, person: string): Promise<Entry[]> {
    return (await this.of(reading, person)).filter((entry) => entry.refused === "");
  }

  /** What the server refused for good. */
  async refused(reading: string, person: string): Promise<Entry[]> {
    return (await this.of(reading, person)).filter((entry) => entry.refused !== "");
  }

  /** Readings for which this person made changes that the server does not have, with how many; refused ones count. */
  async readings(person: string): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    for (const { reading } of (await this.read((store) => store.getAll("entries"))).filter(madeBy(person))) {
      counts.set(reading, (counts.get(reading) ?? 0) + 1);
    }
    return counts;
  }

  private async of(reading: string, person: string): Promise<Entry[]> {
    const stored = await this.read((store) => store.getAllFromIndex("entries", "reading", reading));
    const entries = new Map(stored.map((entry) => [entry.seq, entry]));
    this.unkept.forEach((entry, seq) => entry.reading === reading && entries.set(seq, entry));
    return [...entries.values()].filter(madeBy(person)).sort((a, b) => a.seq - b.seq);
  }

  private async read<T>(question: (store: Store) => Promise<T[]>): Promise<T[]> {
    try {
      return await question(await this.opened());
    } catch (error) {
      this.failed(error);
      return [];
    }
  }

  /** Returns what `step` gives, or null where the browser did not take it. */
  private async write<Name extends StoreNames<Schema>, T>(
    name: Name,
    step: (store: Writable<Name>) => Promise<T>,
  ): Promise<T | null> {
    try {
      const transaction = (await this.opened()).transaction(name, "readwrite", { durability: "relaxed" });
      const [result] = await Promise.all([step(transaction.store), transaction.done]);
      return result;
    } catch (error) {
      this.failed(error);
      return null;
    }
  }

  private opened(): Promise<Store> {
    this.database ??= open(this.name);
    return this.database;
  }

  private failed(error: unknown): void {
    this.trouble = error instanceof Error ? error.name : String(error);
    if (this.trouble !== "QuotaExceededError") {
      this.database = null; // closed under us, or never open: the next write tries anew
    }
  }

  async close(): Promise<void> {
    const { database } = this;
    this.database = null;
    (await database)?.close();
  }
}

/** The journal of this page. */
export const journal = new Journal();
