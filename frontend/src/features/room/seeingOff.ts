/** Readings that were left while something of theirs was still on its way to the server. */

interface Leaving {
  finish(): Promise<void>;
  /** Resolves when everything is sent, or can go no further without the person. */
  readonly over: Promise<void>;
}

const leaving = new Map<string, Leaving>();

/**
 * Let a reading that was left send what waits, and then let go of it: `end` stops the sending and frees the reading.
 * Where that takes too long, or waits for the person, the rest lies in the journal for the next time it is opened.
 */
export function seeOff(reading: string, left: Promise<void>, end: () => Promise<void>): void {
  const finish = async () => {
    if (leaving.get(reading)?.finish === finish) {
      leaving.delete(reading);
    }
    await end();
  };
  leaving.set(reading, { finish, over: left.finally(finish) });
}

/** Resolves when what is still being sent of a reading that is not open is over; null where nothing is. */
export const seenOff = (reading: string): Promise<void> | null => leaving.get(reading)?.over ?? null;

/** The reading is opened again: what was left of it stops first. */
export async function calledBack(reading: string): Promise<void> {
  await leaving.get(reading)?.finish();
}
