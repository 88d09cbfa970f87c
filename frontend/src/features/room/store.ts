/** What the room shows. The session writes it, components read it. */

import { create } from "zustand";

import type {
  Backend,
  ColourMap,
  Hover,
  LayoutName,
  Look,
  Measurement,
  MeasureType,
  PaneName,
  PaneView,
  Slab,
  Slot,
  SolidStatus,
  Tool,
} from "@/imaging";

import type { Schemas } from "@/shared/api/types";

import { NOTHING_TO_SAVE, type SaveState } from "./sending";

export interface RoomLabel {
  readonly value: number;
  readonly name: string;
  readonly colour: string;
  readonly visible: boolean;
  readonly locked: boolean;
  /** Of this label alone, 0 to 1. */
  readonly opacity: number;
  /** Labels of one layer exclude each other, those of two may overlap. */
  readonly layer: number;
  /** What it means in the terminology, as "liver (SCT 10200004)". */
  readonly code: string;
}

/** A volume (time point) of a series. */
export interface OpenVolume {
  readonly seriesUid: string;
  readonly volumeIndex: number;
  /** The image that is seen first, where it is not to be the middle one. */
  readonly sop?: string;
}

export function roomLabel({
  value,
  name,
  colour,
  layer,
  type_meaning,
  type_scheme,
  type_code,
}: Schemas["Label"]): RoomLabel {
  const code = type_code ? `${type_meaning} (${type_scheme} ${type_code})` : "";
  return { value, name, colour, layer, code, visible: true, locked: false, opacity: 1 };
}

export const OVERLAYS = ["off", "brief", "full"] as const;
export type Overlay = (typeof OVERLAYS)[number];

export type Phase = "loading" | "ready" | "occupied" | "second" | "taken" | "failed" | "noWebGl";

export interface RoomState {
  readonly phase: Phase;
  readonly failure: Error | null;
  readonly backend: Backend | null;
  readonly mayEdit: boolean;
  readonly seriesUid: string;
  readonly volumeIndex: number;
  /** What sets the open volume apart from others of its series, in the server's words. */
  readonly volumeLabel: string;
  readonly regular: boolean;
  /** The images say how large a pixel is. */
  readonly scaled: boolean;
  readonly reasons: readonly string[];
  readonly imagesReady: boolean;
  readonly loading: { readonly loaded: number; readonly total: number };
  readonly imageError: string;
  readonly layout: LayoutName;
  /** The pane that has the screen for itself. */
  readonly maximised: PaneName | null;
  /** What is open in the slots beside the main one. */
  readonly beside: Readonly<Partial<Record<Slot, OpenVolume>>>;
  readonly looks: Readonly<Partial<Record<Slot, Look>>>;
  readonly slabs: Readonly<Record<PaneName, Slab>>;
  /** What the 3-D panes show. */
  readonly solids: Readonly<Partial<Record<PaneName, SolidStatus>>>;
  /** Share of the second volume in fused panes, 0 to 1. */
  readonly blend: number;
  /** Colours of the second volume in fused panes, once they were chosen. */
  readonly fusedColours: ColourMap | null;
  readonly lines: boolean;
  readonly linked: boolean;
  readonly matched: boolean;
  readonly hangingOpen: boolean;
  readonly overlayOpen: boolean;
  /** The pane whose attributes are shown. */
  readonly tagsOf: PaneName | null;
  /** The pane that plays, and its frames for each second. */
  readonly cine: { readonly pane: PaneName; readonly rate: number } | null;
  /** What is written over the images. */
  readonly overlay: Overlay;
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
  readonly measurements: readonly Measurement[];
  /** The last type of measurement that was in hand. */
  readonly measureTool: MeasureType;
  /** Measurements that are not drawn, and whether any are. */
  readonly hiddenMeasurements: ReadonlySet<string>;
  readonly measurementsShown: boolean;
  /** The measurement that is chosen in the list. */
  readonly measurement: string | null;
  readonly answers: Readonly<Record<string, unknown>>;
  readonly save: SaveState;
  /** Why this browser cannot keep changes until the server has them: the name of its error, or "". */
  readonly trouble: string;
  /** How many things both sides changed, while that is to be decided. */
  readonly conflict: number | null;
  /** The earlier revision that is shown instead of the present marks. */
  readonly previewed: number | null;
  readonly draftShown: string | null;
  readonly helpOpen: boolean;
  readonly keysOpen: boolean;
  readonly notReadableOpen: boolean;
  /** Submitting was asked for: what is missing is shown at its question. */
  readonly formWanted: boolean;
  /** The finding whose form is open. */
  readonly findingOpen: string | null;
  readonly historyOpen: boolean;
  readonly filesOpen: boolean;
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
  volumeLabel: "",
  regular: true,
  scaled: true,
  reasons: [],
  imagesReady: false,
  loading: { loaded: 0, total: 0 },
  imageError: "",
  layout: "mpr",
  maximised: null,
  beside: {},
  looks: {},
  slabs: {},
  solids: {},
  blend: 0.5,
  fusedColours: null,
  lines: true,
  linked: true,
  matched: false,
  hangingOpen: false,
  overlayOpen: false,
  tagsOf: null,
  cine: null,
  overlay: "brief",
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
  measurements: [],
  measureTool: "length",
  hiddenMeasurements: new Set(),
  measurementsShown: true,
  measurement: null,
  answers: {},
  save: NOTHING_TO_SAVE,
  trouble: "",
  conflict: null,
  previewed: null,
  draftShown: null,
  helpOpen: false,
  keysOpen: false,
  notReadableOpen: false,
  formWanted: false,
  findingOpen: null,
  historyOpen: false,
  filesOpen: false,
  submitOpen: false,
  stripOpen: true,
  panelOpen: true,
};

export const useRoom = create<RoomState>(() => emptyRoom);
