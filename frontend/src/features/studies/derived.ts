import type { Schemas } from "@/shared/api/types";

import { cssOfLab, cssOfRgb, distinctColour } from "./colours";

export type Derived = Schemas["Derived"];
export type Brief = Schemas["DerivedBrief"];
type Row = Readonly<Record<string, unknown>>;

/** A segment or region with what a person wants to know of it. */
export interface Part {
  number: number;
  label: string;
  type: string;
  colour: string;
  planes: number | null;
  voxels: number | null;
  volumeMl: number | null;
}

export interface Measurement {
  name: string;
  value: number | null;
  unit: string;
  derivation: string;
  missing: string;
}

export interface Group {
  title: string;
  site: string;
  measurements: Measurement[];
}

const rows = (value: unknown): Row[] =>
  Array.isArray(value) ? value.filter((one): one is Row => typeof one === "object" && one !== null) : [];
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const figure = (value: unknown): number | null => (typeof value === "number" && Number.isFinite(value) ? value : null);
const code = (value: unknown): string => {
  const [found] = rows([value]);
  return found ? text(found["meaning"]) || text(found["value"]) : "";
};
const triple = (value: unknown): number[] | null =>
  Array.isArray(value) && value.length === 3 && value.every((one) => typeof one === "number") ? value : null;

/** Returns the segments of a segmentation. */
export function segmentsOf(summary: Row): Part[] {
  return rows(summary["segments"]).map((one, at) => {
    const lab = triple(one["colour_lab"]);
    return {
      number: figure(one["number"]) ?? at + 1,
      label: text(one["label"]),
      type: [code(one["type"]), text(one["site"])].filter(Boolean).join(", "),
      colour: lab ? cssOfLab(lab) : distinctColour(at),
      planes: figure(one["frames"]),
      voxels: figure(one["voxels"]),
      volumeMl: figure(one["volume_ml"]),
    };
  });
}

/** Returns the regions of a structure set, with what was measured of them on the images of one series. */
export function regionsOf(derived: Derived, seriesUid: string): Part[] {
  const link =
    derived.links.find((one) => one.series_uid === seriesUid) ?? derived.links.find((one) => one.rois.length);
  const measured = new Map(rows(link?.rois).map((one) => [figure(one["number"]), one]));
  return rows(derived.summary["rois"]).map((one, at) => {
    const number = figure(one["number"]);
    const rgb = triple(one["colour_rgb"]);
    const found = measured.get(number);
    return {
      number: number ?? at + 1,
      label: text(one["name"]),
      type: text(one["type"]),
      colour: rgb ? cssOfRgb(rgb) : distinctColour(at),
      planes: figure(found?.["planes"]) ?? figure(one["contours"]),
      voxels: figure(found?.["voxels"]),
      volumeMl: figure(found?.["volume_ml"]),
    };
  });
}

/** Returns the measurement groups of a report. */
export function groupsOf(summary: Row): Group[] {
  return rows(summary["groups"]).map((one) => ({
    title: [text(one["tracking_id"]), text(one["finding"])].filter(Boolean).join(" · "),
    site: text(one["site"]),
    measurements: rows(one["measurements"]).map((measured) => ({
      name: text(measured["name"]),
      value: figure(measured["value"]),
      unit: unitOf(measured["unit"]),
      derivation: [text(measured["derivation"]), text(measured["method"])].filter(Boolean).join(", "),
      missing: text(measured["missing"]),
    })),
  }));
}

/** Returns a unit as it is written: the UCUM code, which is short, unless it is the unit of counting. */
function unitOf(value: unknown): string {
  const [found] = rows([value]);
  const unit = text(found?.["value"]);
  if (unit === "1" || unit === "{no units}" || unit === "{ratio}") return "";
  // What stands in braces is a remark; where it names the quantity, it says more than the unit does (SUVbw).
  const [, remark = ""] = /^\{(SUV\w+)\}/.exec(unit) ?? [];
  return (
    remark ||
    unit
      .replaceAll("[hnsf'U]", "HU")
      .replaceAll(/\{[^}]*\}/g, "")
      .replaceAll(/\bml\b/g, "mL")
  );
}

/** Returns the lines of a report's content tree. */
export function linesOf(summary: Row): { level: number; name: string; value: string }[] {
  return rows(summary["lines"]).map((one) => ({
    level: figure(one["level"]) ?? 0,
    name: text(one["name"]),
    value: text(one["value"]),
  }));
}

/** Returns what else can be said in name and value: of presentation states, maps, plans and doses. */
export function factsOf(summary: Row): { name: string; value: string }[] {
  const facts: { name: string; value: string }[] = [];
  for (const [name, value] of Object.entries(summary)) {
    const shown = sayable(value);
    if (shown) facts.push({ name, value: shown });
  }
  return facts;
}

function sayable(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  if (typeof value === "boolean") return value ? "✓" : "";
  if (Array.isArray(value)) return value.map(sayable).filter(Boolean).join("; ");
  if (typeof value !== "object" || value === null) return "";
  return Object.entries(value)
    .map(([name, inner]) => [name.replaceAll("_", " "), sayable(inner)] as const)
    .filter(([, shown]) => shown !== "")
    .map(([name, shown]) => `${name} ${shown}`)
    .join(", ");
}
