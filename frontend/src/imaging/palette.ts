/** Colour tables of palette images: DICOM JSON brings them as base64, Cornerstone's loader reads numbers alone. */

import type { DicomJson } from "./header";
import { tableOf } from "./tables";

const TABLES = [
  ["00281101", "00281201"],
  ["00281102", "00281202"],
  ["00281103", "00281203"],
] as const;

/** The same instance with its colour tables as numbers; itself where it has none. */
export function withTables<Json extends DicomJson>(instance: Json): Json {
  const changed: Record<string, unknown> = {};
  for (const [descriptor, table] of TABLES) {
    const { InlineBinary, Value } = instance[table] ?? {};
    if (InlineBinary && !Value) {
      const entries = Number(instance[descriptor]?.Value?.[0] ?? 0);
      changed[table] = { vr: "OW", Value: tableOf(InlineBinary, entries) };
    }
  }
  return { ...instance, ...changed };
}
