/** The viewport service. Only this folder imports Cornerstone3D. */

export { AnswerError, isBroken } from "./answers";
export { fetchAhead, fetchMetadata, forgetAhead, prepareImages } from "./ahead";
export { NoWebGlError } from "./engine";
export { scaleBarLength } from "./grid";
export type { Curve } from "./curves";
export { COLOUR_MAPS } from "./colourMaps";
export { tagName } from "./tagNames";
export { acquisitionLines, fileWindows, frameRate, tagsOf, type FileWindow, type Tag } from "./header";
export {
  LAYOUTS,
  LAYOUT_NAMES,
  SLOTS,
  maximised,
  needsVolume,
  slotsOf,
  type ColourMap,
  type Fusion,
  type LayoutName,
  type LayoutSpec,
  type PaneKind,
  type PaneSpec,
  type Slab,
  type SlabMode,
  type Slot,
} from "./layouts";
export type { Look } from "./mounted";
export { ImageSourceError, mammogramsIn } from "./source";
export { HANGING_ORDER, type Mammogram } from "./mammograms";
export { STANDARD_VIEWS, WHOLE } from "./solid/types";
export type { CropBox, SolidPreset, SolidSettings, SolidStatus, StandardView } from "./solid/types";
export type * from "./types";
export { marksTurned } from "./tools/turned";
export { MEASURE_TYPES, isMeasureType } from "./measurements/forms";
export type { BrushSettings, ToolProgress } from "./tools/handTool";
export type { CopySource, EditStatus } from "./edits/editor";
export { NO_PROMPTS, type PromptAsker, type PromptStatus } from "./prompts";
export { FIRST_SETTINGS, type EditRequest, type EditSettings } from "./edits/settings";
export type { LabelStatistics } from "./edits/statistics";
export { EditError, type Combination } from "./edits/types";
export type { Grid } from "./grid";
export type { Lent } from "./labelGrid";
export { Viewer } from "./viewer";
export { recordChange } from "./history";
export {
  lookAtPlace,
  nextWithLabel,
  placeInPane,
  placeInView,
  sharesSpace,
  showMeasurement,
  type Place,
} from "./places";
export { presetsFor, toCenterWidth, toRange, type WindowPreset, type WindowPresetName } from "./windows";
