/** How the marking tools are set, and what an edit under way says. */

import { create } from "zustand";

import {
  FIRST_SETTINGS,
  NO_PROMPTS,
  type Combination,
  type EditSettings,
  type EditStatus,
  type LabelStatistics,
  type PromptStatus,
  type Range,
  type ToolProgress,
  type Viewer,
} from "@/imaging";
import type { Schemas } from "@/shared/api/types";

export type Alignment = Schemas["Alignment"];

export const OPERATIONS = ["interpolate", "islands", "margin", "hollow", "smooth", "combine", "seeds", "copy"] as const;
export type OperationName = (typeof OPERATIONS)[number];

/** What the forms of the operations hold. */
export interface OperationForms {
  readonly interpolate: { readonly plane: "acquired" | "current" };
  readonly islands: { readonly keep: "largest" | "small"; readonly mm3: number };
  readonly margin: { readonly grow: boolean; readonly mm: number };
  readonly hollow: { readonly shell: "inside" | "outside"; readonly mm: number };
  readonly smooth: { readonly method: "median" | "gaussian" | "opening" | "closing"; readonly mm: number };
  readonly combine: { readonly how: Combination; readonly other: number };
  readonly seeds: { readonly rim: boolean; readonly marginMm: number };
  /** `registered` null: as the frames of reference say. */
  readonly copy: { readonly volume: string; readonly label: number; readonly registered: boolean | null };
}

/** Where the tools cut by grey values, on one scale of values. */
export interface GreyLevels {
  readonly threshold: Range;
  /** Tolerances of the threshold brush and of filling. */
  readonly brush: number;
  readonly fill: number;
  /** The range in which anything may change; null: any. */
  readonly rules: Range | null;
  /** By how much a press of an arrow changes a level. */
  readonly step: number;
}

export interface SegmentState {
  readonly settings: EditSettings;
  /** The operation whose form is open; null: the options of the tool in hand. */
  readonly operation: OperationName | null;
  readonly forms: OperationForms;
  readonly rulesOpen: boolean;
  readonly status: EditStatus | null;
  /** Why nothing happened (code of an EditError), "" when nothing is to be said. */
  readonly refused: string;
  readonly progress: ToolProgress;
  readonly prompt: PromptStatus;
  readonly statistics: readonly LabelStatistics[];
  /** Of the grey values of the open series. */
  readonly unit: string;
  /** The scale that the levels in the settings are on (see levels.ts), and the step of their fields. */
  readonly scale: string;
  readonly step: number;
  /** Levels last used on scales that are not open now. */
  readonly levels: ReadonlyMap<string, GreyLevels>;
  /** What the server found of how one volume lies to another, "here>there". */
  readonly alignments: ReadonlyMap<string, Alignment>;
}

export const firstSegment: SegmentState = {
  settings: FIRST_SETTINGS,
  operation: null,
  forms: {
    interpolate: { plane: "acquired" },
    islands: { keep: "largest", mm3: 100 },
    margin: { grow: true, mm: 3 },
    hollow: { shell: "inside", mm: 3 },
    smooth: { method: "median", mm: 3 },
    combine: { how: "union", other: 0 },
    seeds: { rim: true, marginMm: 15 },
    copy: { volume: "", label: 0, registered: null },
  },
  rulesOpen: false,
  status: null,
  refused: "",
  progress: { points: 0, closed: false },
  prompt: NO_PROMPTS,
  statistics: [],
  unit: "",
  scale: "HU",
  step: 1,
  levels: new Map(),
  alignments: new Map(),
};

export const useSegment = create<SegmentState>(() => firstSegment);

/** Keep the panel up to date with the viewer; returns how to stop. */
export function followEdits(viewer: Viewer): () => void {
  const stops = [
    viewer.events.on("edit", (status) => useSegment.setState(status ? { status, refused: "" } : { status })),
    viewer.events.on("refused", (refused) => useSegment.setState({ refused })),
    viewer.events.on("tool", (progress) => useSegment.setState({ progress })),
    viewer.events.on("prompt", (prompt) => useSegment.setState({ prompt, refused: "" })),
    viewer.events.on("marked", () => useSegment.setState({ refused: "" })),
  ];
  useSegment.setState({
    status: null,
    refused: "",
    progress: { points: 0, closed: false },
    prompt: NO_PROMPTS,
    statistics: [],
    alignments: new Map(),
  });
  return () => stops.forEach((stop) => stop());
}
