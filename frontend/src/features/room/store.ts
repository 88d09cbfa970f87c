/** What the room shows. The session writes it, components read it. */

import { create } from "zustand";

import type { Backend, FrameKey, Hover, Layout, LengthMeasurement, PaneName, PaneView, Range, Tool } from "@/imaging";

import type { SaveState } from "./outbox";

export interface RoomLabel {
  readonly value: number;
  readonly name: string;
  readonly colour: string;
  readonly visible: boolean;
  readonly locked: boolean;
}

export type Phase = "loading" | "ready" | "occupied" | "taken" | "failed" | "noWebGl";

export interface RoomState {
  readonly phase: Phase;
  readonly failure: Error | null;
  readonly backend: Backend | null;
  readonly mayEdit: boolean;
  readonly seriesUid: string;
  readonly volumeIndex: number;
  readonly regular: boolean;
  /** The images say how large a pixel is. */
  readonly scaled: boolean;
  readonly reasons: readonly string[];
  readonly imagesReady: boolean;
  readonly loading: { readonly loaded: number; readonly total: number };
  readonly imageError: string;
  readonly layout: Layout;
  readonly tool: Tool;
  readonly radiusMm: number;
  readonly sphere: boolean;
  readonly label: number;
  readonly labels: readonly RoomLabel[];
  readonly opacity: number;
  readonly masksShown: boolean;
  readonly counts: ReadonlyMap<number, number>;
  readonly voxelMl: number | null;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly views: Readonly<Partial<Record<PaneName, PaneView>>>;
  readonly activePane: PaneName;
  readonly hover: Hover | null;
  readonly window: Range;
  readonly lengths: readonly LengthMeasurement[];
  readonly answers: Readonly<Record<string, unknown>>;
  readonly save: SaveState;
  readonly conflict: readonly FrameKey[] | null;
  readonly draftShown: string | null;
  readonly helpOpen: boolean;
  readonly historyOpen: boolean;
  readonly submitOpen: boolean;
  readonly stripOpen: boolean;
  readonly panelOpen: boolean;
}

export const emptyRoom: RoomState = {
  phase: "loading",
  failure: null,
  backend: null,
  mayEdit: false,
  seriesUid: "",
  volumeIndex: 0,
  regular: true,
  scaled: true,
  reasons: [],
  imagesReady: false,
  loading: { loaded: 0, total: 0 },
  imageError: "",
  layout: "mpr",
  tool: "window",
  radiusMm: 5,
  sphere: false,
  label: 1,
  labels: [],
  opacity: 0.4,
  masksShown: true,
  counts: new Map(),
  voxelMl: null,
  canUndo: false,
  canRedo: false,
  views: {},
  activePane: "axial",
  hover: null,
  window: { lower: 0, upper: 1 },
  lengths: [],
  answers: {},
  save: { status: "saved", head: 0, pending: 0, savedAt: null, message: "" },
  conflict: null,
  draftShown: null,
  helpOpen: false,
  historyOpen: false,
  submitOpen: false,
  stripOpen: true,
  panelOpen: true,
};

export const useRoom = create<RoomState>(() => emptyRoom);
