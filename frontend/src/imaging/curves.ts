/** Windows that are no straight line (PS3.3 C.11.2): sigmoid functions and tables, as grey colour maps over a range. */

import { tableOf } from "./tables";
import type { Range } from "./types";

/** How values turn into grey between the ends of a window. */
export interface Curve {
  /** Unique for its greys. */
  readonly name: string;
  /** From 0 to 1, evenly spread over the range. */
  readonly greys: readonly number[];
  /** How many times wider the range is than the window that people call by its width. */
  readonly spread: number;
}

const STEPS = 256;
/** A sigmoid of width w is drawn over 4 w: at the ends it lies within 0.0004 of black and white. */
const SPREAD = 4;

const steps = (grey: (share: number) => number): readonly number[] =>
  Array.from({ length: STEPS }, (_, at) => grey(at / (STEPS - 1)));

export const SIGMOID: Curve = {
  name: "sigmoid",
  greys: steps((share) => 1 / (1 + Math.exp(-4 * SPREAD * (share - 0.5)))),
  spread: SPREAD,
};

/** The range over which a sigmoid window is drawn: 1 / (1 + exp(-4 (x - centre) / width)). */
export const sigmoidRange = (center: number, width: number): Range => ({
  lower: center - (SPREAD * width) / 2,
  upper: center + (SPREAD * width) / 2,
});

export interface VoiTable {
  /** Entries (0 means 65,536), first value mapped, bits of each entry. */
  readonly descriptor: readonly number[];
  readonly values?: readonly number[];
  readonly base64?: string;
}

/** A table of a file as a range and a curve; null where it holds nothing. */
export function tableWindow({ descriptor, values, base64 }: VoiTable): { range: Range; curve: Curve } | null {
  const [entries = 0, first = 0, bits = 0] = descriptor;
  const table = values ?? (base64 ? tableOf(base64, entries) : []);
  const most = 2 ** bits - 1;
  if (table.length < 2 || most < 1) {
    return null;
  }
  const last = table.length - 1;
  const greys = steps((share) => Math.min(1, (table[Math.round(share * last)] ?? 0) / most));
  return { range: { lower: first, upper: first + last }, curve: { name: `table-${hashOf(greys)}`, greys, spread: 1 } };
}

/** The same greys give the same name (FNV-1a). */
function hashOf(greys: readonly number[]): string {
  let hash = 0x811c9dc5;
  for (const grey of greys) {
    hash = Math.imul(hash ^ Math.round(grey * 65_535), 0x01000193);
  }
  return (hash >>> 0).toString(16);
}
