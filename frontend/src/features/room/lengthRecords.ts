/** Lengths between the room's form and the server's. */

import type { LengthMeasurement, PaneName, Vec3 } from "@/imaging";

import type { MeasurementChange } from "./journal";

export function toRecord(length: LengthMeasurement): Readonly<Record<string, unknown>> {
  return {
    type: "length",
    sop_instance_uid: length.sop,
    frame_number: length.frame,
    points_lps: length.pointsLps.map((point) => [...point]),
    value: Math.round(length.lengthMm * 1000) / 1000,
    unit: "mm",
    label: length.plane,
  };
}

const PLANES: ReadonlySet<string> = new Set<PaneName>(["axial", "coronal", "sagittal", "stack"]);

/** Null when the record is no length that this room can draw. */
export function fromRecord(key: string, data: Readonly<Record<string, unknown>>): LengthMeasurement | null {
  const points = data["points_lps"];
  if (data["type"] !== "length" || !Array.isArray(points) || points.length !== 2) {
    return null;
  }
  const [from, to] = points as [Vec3, Vec3];
  const plane = String(data["label"] ?? "");
  return {
    key,
    sop: String(data["sop_instance_uid"]),
    frame: Number(data["frame_number"]),
    plane: PLANES.has(plane) ? (plane as PaneName) : "stack",
    pointsLps: [from, to],
    lengthMm: Number(data["value"]),
  };
}

/**
 * What changed between what is known and what is drawn now.
 *
 * Only lengths on frames of the open images can be drawn, so only those can have been deleted.
 */
export function lengthChanges(
  known: Iterable<readonly [string, Readonly<Record<string, unknown>>]>,
  drawn: readonly LengthMeasurement[],
  openSops: ReadonlySet<string>,
): MeasurementChange[] {
  const now = new Map(drawn.filter((length) => length.lengthMm > 0).map((length) => [length.key, toRecord(length)]));
  const changes: MeasurementChange[] = [];
  for (const [key, data] of known) {
    const next = now.get(key);
    if (next) {
      now.delete(key);
      if (!sameLine(next, data)) {
        changes.push({ key, data: next });
      }
    } else if (openSops.has(String(data["sop_instance_uid"]))) {
      changes.push({ key, data: null });
    }
  }
  now.forEach((data, key) => changes.push({ key, data }));
  return changes;
}

function sameLine(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  return JSON.stringify(a["points_lps"]) === JSON.stringify(b["points_lps"]);
}
