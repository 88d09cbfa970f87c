/** What the header of an image says that a reader wants to see: windows, frame rate, and every attribute. */

import { SIGMOID, sigmoidRange, tableWindow, type Curve } from "./curves";
import { toRange } from "./windows";
import type { Range } from "./types";

interface Attribute {
  readonly vr?: string;
  readonly Value?: readonly unknown[];
  readonly InlineBinary?: string;
}
export type DicomJson = Readonly<Record<string, Attribute | undefined>>;

/** One attribute of an image, as a line of a table. `depth` counts the sequences around it. */
export interface Tag {
  readonly tag: string;
  readonly vr: string;
  readonly value: string;
  readonly depth: number;
}

export interface FileWindow {
  readonly name: string;
  readonly range: Range;
  /** Null for a straight line. */
  readonly curve: Curve | null;
}

const numbers = (instance: DicomJson, tag: string): number[] =>
  (instance[tag]?.Value ?? []).map(Number).filter((value) => Number.isFinite(value));

/** Where a frame keeps its windows: in its own functional group, at the top, or in the group that all frames share. */
function windowsOf(instance: DicomJson, frame: number): DicomJson {
  const group = (tag: string, at: number) => instance[tag]?.Value?.[at] as DicomJson | undefined;
  const macro = (item: DicomJson | undefined) => (item?.["00289132"]?.Value ?? [])[0] as DicomJson | undefined;
  const top = instance["00281050"] || instance["00283010"] ? instance : undefined;
  return macro(group("52009230", frame - 1)) ?? top ?? macro(group("52009229", 0)) ?? instance;
}

/** The windows that the file brings along for a frame (from 1), with its names: functions first, then tables. */
export function fileWindows(header: DicomJson, frame = 1): readonly FileWindow[] {
  const instance = windowsOf(header, frame);
  const widths = numbers(instance, "00281051");
  const names = instance["00281055"]?.Value ?? [];
  const sigmoid = instance["00281056"]?.Value?.[0] === "SIGMOID";
  const functions = numbers(instance, "00281050").flatMap((center, index): FileWindow[] => {
    const width = widths[index];
    const name = String(names[index] ?? "");
    if (!width || width <= 0) {
      return [];
    }
    return [
      sigmoid
        ? { name, range: sigmoidRange(center, width), curve: SIGMOID }
        : { name, range: toRange(center, width), curve: null },
    ];
  });
  return [...functions, ...fileTables(instance)];
}

/** The tables of the file's VOI LUT Sequence. */
function fileTables(instance: DicomJson): readonly FileWindow[] {
  const items = (instance["00283010"]?.Value ?? []) as readonly DicomJson[];
  return items.flatMap((item): FileWindow[] => {
    const base64 = item["00283006"]?.InlineBinary;
    const values = numbers(item, "00283006");
    const found = tableWindow({
      descriptor: numbers(item, "00283002"),
      ...(base64 ? { base64 } : {}),
      ...(values.length > 0 ? { values } : {}),
    });
    return found ? [{ name: String(item["00283003"]?.Value?.[0] ?? ""), ...found }] : [];
  });
}

/** Frames for each second: recommended, else of the cine, else from the time between frames; null when not told. */
export function frameRate(instance: DicomJson): number | null {
  const [recommended] = numbers(instance, "00082144");
  const [cine] = numbers(instance, "00180040");
  const [milliseconds] = numbers(instance, "00181063");
  const rate = recommended ?? cine ?? (milliseconds ? 1000 / milliseconds : undefined);
  return rate && rate > 0 ? Math.min(60, Math.max(1, Math.round(rate))) : null;
}

/** Group of the patient's identity: readers know cases by number, never by name. */
const PATIENT_GROUP = "0010";

function textOf({ Value }: Attribute): string {
  return (Value ?? [])
    .map((value) =>
      value && typeof value === "object" ? Object.values(value as Record<string, unknown>).join("=") : String(value),
    )
    .join(" \\ ");
}

/** Every attribute but the patient's, sequences unfolded, in the order of their tags. */
export function tagsOf(instance: DicomJson, depth = 0): Tag[] {
  return Object.entries(instance)
    .filter(([tag]) => !tag.startsWith(PATIENT_GROUP))
    .sort(([a], [b]) => a.localeCompare(b))
    .flatMap(([tag, attribute]) => {
      const vr = attribute?.vr ?? "";
      if (vr === "SQ") {
        const items = (attribute?.Value ?? []) as DicomJson[];
        return [{ tag, vr, value: "", depth }, ...items.flatMap((item) => tagsOf(item, depth + 1))];
      }
      return [{ tag, vr, value: attribute ? textOf(attribute) : "", depth }];
    });
}

const unitOf: readonly (readonly [string, string, string])[] = [
  ["00180050", "", " mm"],
  ["00180060", "", " kV"],
  ["00181151", "", " mA"],
  ["00180080", "TR ", " ms"],
  ["00180081", "TE ", " ms"],
  ["00181314", "FA ", "°"],
  ["00181210", "", ""],
  ["00080070", "", ""],
];

/** How an image was made, in a few short lines. */
export function acquisitionLines(instance: DicomJson): readonly string[] {
  return unitOf.flatMap(([tag, before, after]) => {
    const [value] = instance[tag]?.Value ?? [];
    const text = typeof value === "number" ? String(Math.round(value * 100) / 100) : String(value ?? "");
    return text ? [`${before}${text}${after}`] : [];
  });
}
