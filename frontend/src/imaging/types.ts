/** Plain types of the viewport service. Points are LPS millimetres, indices are (i, j, k) = (column, row, slice). */

export type Vec3 = readonly [number, number, number];
export type Axis = 0 | 1 | 2;

/** One image plane of one DICOM instance, and the layer of marks on it. */
export interface FrameKey {
  readonly sop: string;
  readonly frame: number;
  readonly layer: number;
}

/** Labels of one frame: uint8, row-major, in the pixel orientation of the DICOM itself. */
export interface FrameMask extends FrameKey {
  readonly rows: number;
  readonly columns: number;
  readonly labels: Uint8Array;
}

export type Plane = "axial" | "coronal" | "sagittal";
export type PaneName = Plane | "stack";
export type Layout = "stack" | "mpr";
export type Tool = "window" | "brush" | "eraser" | "length" | "crosshair" | "pan" | "zoom";
export type Backend = "gpu" | "cpu";

/** What to show: the frames of one volume (or loose stack) of a series, in the order the server gives. */
export interface ImageSource {
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly volumeIndex: number;
  readonly modality: string;
  readonly frames: readonly { readonly sop: string; readonly frame: number }[];
  /** False: the frames form no regular grid, so there is a stack and nothing else. */
  readonly regular: boolean;
  /** Of the values shown, as the server names them: "HU", "SUVbw", … */
  readonly units: string;
  /** What makes SUV of a PET's rescaled values, null where nothing does; by SOP Instance UID where images differ. */
  readonly suvFactor: number | null;
  readonly suvFactors: Readonly<Record<string, number>>;
}

export interface LabelStyle {
  readonly value: number;
  /** #rrggbb */
  readonly colour: string;
  readonly visible: boolean;
  readonly locked: boolean;
}

export interface Range {
  readonly lower: number;
  readonly upper: number;
}

export interface PaneView {
  readonly pane: PaneName;
  readonly sliceIndex: number;
  readonly sliceCount: number;
  /** Patient direction at each edge of the pane ("" where the image has no position). */
  readonly letters: { readonly left: string; readonly right: string; readonly top: string; readonly bottom: string };
  /** Null where the image has no pixel spacing. */
  readonly mmPerPixel: number | null;
  readonly zoom: number;
}

export interface Hover {
  readonly pane: PaneName;
  readonly value: number | null;
  readonly unit: string;
  readonly index: Vec3;
  readonly label: number;
}

export interface LengthMeasurement {
  readonly key: string;
  readonly sop: string;
  readonly frame: number;
  readonly plane: PaneName;
  readonly pointsLps: readonly [Vec3, Vec3];
  readonly lengthMm: number;
}
