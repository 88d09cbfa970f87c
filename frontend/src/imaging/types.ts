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
/** The id of a pane in its layout (see layouts.ts). */
export type PaneName = string;
/** Why marks cannot be made in a pane: they would not be exact there. */
export type Blocked = "otherSeries" | "missing" | "oblique" | "slab";
/** Types of measurement, each of which is a tool of the same name. */
export type MeasureType =
  | "length"
  | "bidirectional"
  | "angle"
  | "cobb"
  | "ellipse"
  | "rectangle"
  | "circle"
  | "freehand"
  | "spline"
  | "probe"
  | "arrow"
  | "height"
  | "ratio";
export type Tool =
  | MeasureType
  | "window"
  | "brush"
  | "eraser"
  | "threshold"
  | "scissors"
  | "contour"
  | "livewire"
  | "fill"
  | "island"
  | "prompt"
  | "crosshair"
  | "magnify"
  | "pan"
  | "zoom";
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
  /** The frame that is seen first; the middle one where none is named. */
  readonly first?: number;
}

export interface LabelStyle {
  readonly value: number;
  /** #rrggbb */
  readonly colour: string;
  readonly visible: boolean;
  readonly locked: boolean;
  /** Of its fill and outline, beside that of all masks; 1 where it is not set. */
  readonly opacity?: number;
  /** Labels of one layer exclude each other, those of two may overlap; 0 where it is not set. */
  readonly layer?: number;
}

export interface Range {
  readonly lower: number;
  readonly upper: number;
}

export interface PaneView {
  readonly pane: PaneName;
  readonly sliceIndex: number;
  readonly sliceCount: number;
  /** The frame in view; null on planes across the frames. */
  readonly frame: { readonly sop: string; readonly frame: number } | null;
  /** How far the plane lies from the patient's origin, as "S 12.5"; "" where the images do not say. */
  readonly place: string;
  /** Patient direction at each edge of the pane ("" where the image has no position). */
  readonly letters: { readonly left: string; readonly right: string; readonly top: string; readonly bottom: string };
  /** Null where the image has no pixel spacing. */
  readonly mmPerPixel: number | null;
  /** Millimetres are those of the detector, not of the patient. */
  readonly atDetector: boolean;
  readonly zoom: number;
  readonly oblique: boolean;
  readonly slabMm: number;
  /** Null where marks can be made. */
  readonly blocked: Blocked | null;
  /** The frame in view could not be had: there is no picture of it. */
  readonly missing: boolean;
  /** The series in the pane, and the unit of its values. */
  readonly seriesUid: string;
  readonly unit: string;
}

export interface Hover {
  readonly pane: PaneName;
  /** Of the voxel under the pointer; null outside, and for colour. */
  readonly value: number | null;
  /** Red, green and blue of a colour image. */
  readonly rgb: readonly number[] | null;
  /** Of the volume that lies over the first one. */
  readonly over: { readonly value: number; readonly unit: string } | null;
  readonly unit: string;
  readonly index: Vec3;
  readonly label: number;
}

/**
 * What a millimetre of a measurement means: one in the patient, one at the detector (a projection whose magnification
 * nobody corrected), one by the calibration of an ultrasound region, or none at all: then the unit is px.
 */
export type ScaleKind = "patient" | "detector" | "region" | "pixel";

/** A value with its unit (UCUM, or px); null where it cannot be told. */
export interface Figure {
  readonly value: number | null;
  readonly unit: string;
}

/** See `annotations.marks.measurements` on the server for the order of the points. */
export interface Measurement {
  readonly key: string;
  readonly type: MeasureType;
  readonly sop: string;
  readonly frame: number;
  readonly pointsLps: readonly Vec3[];
  readonly value: number;
  readonly unit: string;
  readonly values: Readonly<Record<string, Figure>>;
  readonly scale: ScaleKind;
  /** The value of a label; text where it came with a file and is no label here. */
  readonly label: number | string | null;
  readonly text: string;
}
