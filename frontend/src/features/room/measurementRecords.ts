/** Measurements between the room's form and the server's. */

import { isMeasureType, type Figure, type Measurement, type Vec3 } from "@/imaging";

type MeasurementRecord = Readonly<Record<string, unknown>>;

export function toRecord(one: Measurement): MeasurementRecord {
  return {
    type: one.type,
    sop_instance_uid: one.sop,
    frame_number: one.frame,
    points_lps: one.pointsLps.map((point) => [...point]),
    value: one.value,
    unit: one.unit,
    values: Object.fromEntries(Object.entries(one.values).map(([name, { value, unit }]) => [name, { value, unit }])),
    label: one.label,
    text: one.text,
    ...(one.scale === "detector" || one.scale === "region" ? { scale: one.scale } : {}),
  };
}

/** What the first rooms wrote as the label of a length: the plane that it was drawn in. */
const PLANES: ReadonlySet<unknown> = new Set(["axial", "coronal", "sagittal", "stack"]);

const isPoint = (value: unknown): value is Vec3 => Array.isArray(value) && value.length === 3;

/** Null when the record is no measurement that this room can draw. */
export function fromRecord(key: string, data: MeasurementRecord): Measurement | null {
  const { type, points_lps: points, label, unit, scale } = data;
  if (typeof type !== "string" || !isMeasureType(type) || !Array.isArray(points) || !points.every(isPoint)) {
    return null;
  }
  const named = typeof label === "number" || (typeof label === "string" && !PLANES.has(label) && label !== "");
  return {
    key,
    type,
    sop: String(data["sop_instance_uid"]),
    frame: Number(data["frame_number"]),
    pointsLps: points,
    value: Number(data["value"]),
    unit: String(unit ?? ""),
    values: (data["values"] ?? {}) as Readonly<Record<string, Figure>>,
    scale: scale === "detector" || scale === "region" ? scale : String(unit).startsWith("px") ? "pixel" : "patient",
    label: named ? (label as number | string) : null,
    text: typeof data["text"] === "string" ? data["text"] : "",
  };
}
