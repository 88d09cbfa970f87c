/** Saving marks to files and loading them: calls, and what a person has chosen. */

import type { Range } from "@/imaging";
import { errorFrom } from "@/shared/api/client";
import type { Schemas } from "@/shared/api/types";
import { uploadForm } from "@/shared/api/upload";

import { newId } from "./codec";
import type { RoomSession } from "./session";

export type Plan = Schemas["LoadPlan"];
export type Segment = Schemas["LoadSegment"];
export type Mode = Segment["mode"];

export const FORMATS = ["seg", "seg-labelmap", "seg-fractional", "rtstruct", "sr", "pr", "ko", "nifti"] as const;
export type Format = (typeof FORMATS)[number];

/** What is loaded: a file from this computer, or an object of the archive. */
export type Origin = { readonly file: File } | { readonly derived: string };

/** What a person changed of the proposal; what is not there is as proposed. */
export interface Choices {
  readonly target: string | null;
  readonly segments: Readonly<Record<number, { readonly label: number | null; readonly mode: Mode }>> | null;
  readonly overOthers: boolean;
  readonly share: number;
}

export const noChoices: Choices = { target: null, segments: null, overOthers: false, share: 0.5 };

interface Target {
  readonly series_uid: string;
  readonly volume_index?: number | null | undefined;
}

/** A target as one text, for a list to choose from. */
export const targetKey = ({ series_uid, volume_index }: Target): string => `${series_uid}|${volume_index ?? ""}`;

function targetOf(key: string): Target {
  const [series_uid = "", index = ""] = key.split("|");
  return { series_uid, volume_index: index === "" ? null : Number(index) };
}

/** The choices as the server takes them. */
export function choicesJson(choices: Choices): string {
  const segments = choices.segments
    ? Object.entries(choices.segments).map(([number, { label, mode }]) => ({ number: Number(number), label, mode }))
    : null;
  return JSON.stringify({
    target: choices.target ? targetOf(choices.target) : null,
    segments,
    over_others: choices.overOthers,
    share: choices.share,
  });
}

/** The choices with one segment changed; the others stay as the plan has them. */
export function withSegment(
  choices: Choices,
  plan: Plan,
  number: number,
  change: Partial<{ label: number | null; mode: Mode }>,
): Choices {
  const present = Object.fromEntries(plan.segments.map(({ number: key, label, mode }) => [key, { label, mode }]));
  const before = present[number] ?? { label: null, mode: "merge" as const };
  return { ...choices, segments: { ...present, [number]: { ...before, ...change } } };
}

export function formOf(origin: Origin, choices: Choices): FormData {
  const form = new FormData();
  if ("file" in origin) form.set("file", origin.file, origin.file.name);
  else form.set("derived", origin.derived);
  form.set("choices", choicesJson(choices));
  return form;
}

export function previewLoad(reading: string, origin: Origin, choices: Choices, signal: AbortSignal): Promise<Plan> {
  return uploadForm<Plan>(`/api/readings/${reading}/import/preview`, formOf(origin, choices), { signal });
}

/** Load a file as a new revision; resolves to the revision it was made on. */
export async function loadMarks(session: RoomSession, form: FormData): Promise<number> {
  const base = await session.saved();
  form.set("base_revision", String(base));
  form.set("client_id", newId());
  await uploadForm<Schemas["Loaded"]>(`/api/readings/${session.reading.id}/import`, form);
  await session.renew();
  return base;
}

/** Let the browser save the marks as a file; throws an ApiError when there is nothing to save. */
export async function exportMarks(reading: string, format: Format, window_: Range | null): Promise<void> {
  const shown = window_
    ? `?window_centre=${(window_.lower + window_.upper) / 2}&window_width=${window_.upper - window_.lower}`
    : "";
  const response = await fetch(`/api/readings/${reading}/export/${format}${format === "pr" ? shown : ""}`);
  if (!response.ok) throw await errorFrom(response);
  const name = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "")?.[1] ?? `marks.${format}`;
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
