/** What panes a screen has: a layout is data, so that hanging protocols can name and change it. */

import type { Plane } from "./types";

/** A place for a series. Marks are made in `main` alone; `prior` is an earlier study of the same patient. */
export type Slot = "main" | "second" | "third" | "fourth" | "prior";
export const SLOTS: readonly Slot[] = ["main", "second", "third", "fourth", "prior"];

export type PaneKind = "stack" | "volume" | Plane;

/** How the voxels of a thick slab become one: the largest, the smallest or the mean value along the line of sight. */
export type SlabMode = "max" | "min" | "average";
export interface Slab {
  /** Thickness in mm; 0 is a single plane. */
  readonly mm: number;
  readonly mode: SlabMode;
}

export type ColourMap = "grey" | "hot" | "petInverse" | "rainbow";

/** A second volume over the first, in the same frame of reference. */
export interface Fusion {
  readonly slot: Slot;
  readonly colours: ColourMap;
  /** 0 shows the first volume alone, 1 the second. */
  readonly opacity: number;
}

export interface PaneSpec {
  /** Unique in its layout. */
  readonly id: string;
  readonly kind: PaneKind;
  readonly slot: Slot;
  readonly fusion?: Fusion;
}

export interface LayoutSpec {
  readonly columns: string;
  readonly rows: string;
  /** One string for each row, as in CSS `grid-template-areas`; areas are a, b, c, d in the order of the panes. */
  readonly areas: readonly string[];
  readonly panes: readonly PaneSpec[];
}

export const LAYOUT_NAMES = [
  "stack",
  "sideBySide",
  "priors",
  "four",
  "mpr",
  "mprRow",
  "mpr3d",
  "volume",
  "fusion",
] as const;
export type LayoutName = (typeof LAYOUT_NAMES)[number];

const stack = (id: string, slot: Slot): PaneSpec => ({ id, kind: "stack", slot });
const plane = (kind: Plane): PaneSpec => ({ id: kind, kind, slot: "main" });
const PLANES = [plane("axial"), plane("coronal"), plane("sagittal")] as const;
const SOLID: PaneSpec = { id: "volume", kind: "volume", slot: "main" };
const PET = { slot: "second", colours: "hot", opacity: 0.5 } as const;

export const LAYOUTS: Readonly<Record<LayoutName, LayoutSpec>> = {
  stack: { columns: "1fr", rows: "1fr", areas: ["a"], panes: [stack("stack", "main")] },
  sideBySide: {
    columns: "1fr 1fr",
    rows: "1fr",
    areas: ["a b"],
    panes: [stack("stack", "main"), stack("second", "second")],
  },
  priors: {
    columns: "1fr 1fr",
    rows: "1fr",
    areas: ["a b"],
    panes: [stack("stack", "main"), stack("prior", "prior")],
  },
  four: {
    columns: "1fr 1fr",
    rows: "1fr 1fr",
    areas: ["a b", "c d"],
    panes: [stack("stack", "main"), stack("second", "second"), stack("third", "third"), stack("fourth", "fourth")],
  },
  mpr: { columns: "3fr 2fr", rows: "1fr 1fr", areas: ["a b", "a c"], panes: PLANES },
  mprRow: { columns: "1fr 1fr 1fr", rows: "1fr", areas: ["a b c"], panes: PLANES },
  mpr3d: {
    columns: "1fr 1fr",
    rows: "1fr 1fr",
    areas: ["a b", "c d"],
    panes: [...PLANES, SOLID],
  },
  volume: { columns: "1fr", rows: "1fr", areas: ["a"], panes: [SOLID] },
  fusion: {
    columns: "1fr 1fr",
    rows: "1fr 1fr",
    areas: ["a b", "c d"],
    panes: [
      { id: "axial", kind: "axial", slot: "main" },
      { id: "second", kind: "axial", slot: "second" },
      { id: "fused", kind: "axial", slot: "main", fusion: PET },
      { id: "fusedCoronal", kind: "coronal", slot: "main", fusion: PET },
    ],
  },
};

/** Slots that a layout shows, `main` among them or not. */
export function slotsOf(layout: LayoutSpec): ReadonlySet<Slot> {
  return new Set(layout.panes.flatMap(({ slot, fusion }) => (fusion ? [slot, fusion.slot] : [slot])));
}

/** True where a layout cuts planes through a volume: impossible for images that form none. */
export function needsVolume(layout: LayoutSpec): boolean {
  return layout.panes.some(({ kind, slot }) => slot === "main" && kind !== "stack");
}

/** The same layout with one of its panes alone on the screen. */
export function maximised(layout: LayoutSpec, id: string): LayoutSpec {
  const pane = layout.panes.find((candidate) => candidate.id === id);
  return pane ? { columns: "1fr", rows: "1fr", areas: ["a"], panes: [pane] } : layout;
}
