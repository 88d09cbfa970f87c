/** Hanging rules: which layout a case opens with, and which series go where. */

import {
  HANGING_ORDER,
  LAYOUTS,
  mammogramsIn,
  needsVolume,
  slotsOf,
  type LayoutName,
  type Mammogram,
  type Slot,
} from "@/imaging";
import { client, take } from "@/shared/api/client";
import { queryClient } from "@/shared/api/queries";
import type { Schemas } from "@/shared/api/types";

import { fillSlots, type Series } from "./series";
import { useRoom, type OpenVolume } from "./store";

export type HangingRule = Schemas["HangingRule"];
type Case = Pick<Schemas["Reading"], "series" | "priors">;

/** What opening a case asks of its session. */
interface Opener {
  readonly reading: Schemas["Reading"];
  openSeries(seriesUid: string, volumeIndex: number, sop?: string): Promise<void>;
  openBeside(slot: Exclude<Slot, "main">, wanted: OpenVolume): Promise<void>;
}

/** Rules change rarely; whoever changes them here has them at once. */
const RULES_STALE_MS = 60_000;

const holds = (text: string, part: string) => text.toLowerCase().includes(part.trim().toLowerCase());

function fits(series: Series, { modality, body_part, description }: Partial<HangingRule>): boolean {
  return (
    (!modality || series.modality === modality) &&
    (!body_part || series.body_part.toLowerCase() === body_part.toLowerCase()) &&
    holds(series.description, description ?? "")
  );
}

/** The studies before this one. */
export function priorCount({ priors }: Case): number {
  return new Set(priors.map(({ series }) => series.study_uid)).size;
}

/** The first rule whose condition a series of the case meets, and that series. */
export function ruleFor(rules: readonly HangingRule[], reading: Case): { rule: HangingRule; main: Series } | null {
  for (const rule of rules) {
    const main = priorCount(reading) >= (rule.priors ?? 0) ? reading.series.find((row) => fits(row, rule)) : undefined;
    if (main) {
      return { rule, main };
    }
  }
  return null;
}

/** What a rule puts into the slots; each series goes into one slot at most. */
export function slotsFor(
  { rule, main }: { rule: HangingRule; main: Series },
  reading: Case,
): ReadonlyMap<Slot, OpenVolume> {
  const wanted = new Map((rule.slots ?? []).map((slot) => [slot.slot as Slot, slot]));
  const own = wanted.get("main");
  const first = (own && reading.series.find((row) => fits(row, own))) ?? main;
  const result = new Map<Slot, OpenVolume>([["main", { seriesUid: first.series_uid, volumeIndex: 0 }]]);
  const used = new Set([first.series_uid]);
  for (const slot of slotsOf(LAYOUTS[rule.layout])) {
    const asked = wanted.get(slot);
    const rows = slot === "prior" ? reading.priors.map(({ series }) => series) : reading.series;
    const found = asked && rows.find((row) => !used.has(row.series_uid) && fits(row, asked));
    if (found && slot !== "main") {
      used.add(found.series_uid);
      result.set(slot, { seriesUid: found.series_uid, volumeIndex: 0 });
    }
  }
  return result;
}

/** A mammogram and the series that it is in. */
type Hung = Mammogram & { readonly seriesUid: string };

/** Both breasts beside each other, CC above MLO; null where there are not two of a view. */
export function hangMammograms(
  images: readonly Hung[],
): { readonly layout: LayoutName; readonly slots: ReadonlyMap<Slot, OpenVolume> } | null {
  const found = HANGING_ORDER.map(([side, view]) => images.find((one) => one.side === side && one.view === view));
  const pairs = [found.slice(0, 2), found.slice(2)].filter((pair) => pair.every(Boolean)).flat();
  const layout = pairs.length === 4 ? "four" : pairs.length === 2 ? "sideBySide" : null;
  const order = layout ? [...slotsOf(LAYOUTS[layout])] : [];
  const slots = pairs.flatMap((one, at): (readonly [Slot, OpenVolume])[] => {
    const slot = order[at];
    return one && slot ? [[slot, { seriesUid: one.seriesUid, volumeIndex: 0, sop: one.sop }]] : [];
  });
  return layout ? { layout, slots: new Map(slots) } : null;
}

/** How the mammograms of a case hang; null for any other case. */
async function mammography({ series }: Case): Promise<ReturnType<typeof hangMammograms>> {
  const rows = series.filter(({ modality }) => modality === "MG");
  const images = await Promise.all(
    rows.map(async ({ study_uid, series_uid: seriesUid }) =>
      (await mammogramsIn(study_uid, seriesUid)).map((one) => ({ ...one, seriesUid })),
    ),
  );
  return hangMammograms(images.flat());
}

/** The rules that count for the reader: their own before the project's. */
export async function fetchHanging(project: string): Promise<Schemas["Hanging"]> {
  return take(client.GET("/api/projects/{project_id}/hanging", { params: { path: { project_id: project } } }));
}

/** The layout that a case asks for (by a rule, or as a mammography), what comes where, and what is opened as the main series. */
export async function ruled(reading: Case & Pick<Schemas["Reading"], "project">) {
  const { own, project } = await queryClient.fetchQuery({
    queryKey: ["hanging", reading.project.id],
    queryFn: () => fetchHanging(reading.project.id),
    staleTime: RULES_STALE_MS,
  });
  const found = ruleFor([...own, ...project], reading);
  const breasts = found ? null : await mammography(reading);
  const slots = found ? slotsFor(found, reading) : (breasts?.slots ?? new Map<Slot, OpenVolume>());
  const [first] = reading.series;
  const main: OpenVolume | undefined = slots.get("main") ?? (first && { seriesUid: first.series_uid, volumeIndex: 0 });
  return { layout: found?.rule.layout ?? breasts?.layout ?? null, slots, main };
}

/** Open a case as the first rule that fits says, or its first series in the layout that is on. */
export async function openAsRuled(session: Opener, own: LayoutName | null = null): Promise<void> {
  const { reading } = session;
  const { layout: wanted, slots, main } = await ruled(reading);
  const layout: LayoutName = own ?? wanted ?? useRoom.getState().layout;
  if (!main) {
    return;
  }
  const beside = Object.fromEntries([...slots].filter(([slot]) => slot !== "main"));
  useRoom.setState({ layout, activePane: LAYOUTS[layout].panes[0]?.id ?? "stack" });
  await session.openSeries(main.seriesUid, main.volumeIndex, main.sop);
  const spec = LAYOUTS[useRoom.getState().layout];
  if (!needsVolume(spec) || useRoom.getState().regular) {
    const rest = fillSlots(spec, reading, { seriesUid: main.seriesUid, beside });
    for (const [slot, open] of [...Object.entries(beside), ...rest]) {
      void session.openBeside(slot as Exclude<Slot, "main">, open);
    }
  }
}
