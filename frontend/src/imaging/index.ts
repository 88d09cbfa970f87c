/** The viewport service. Only this folder imports Cornerstone3D. */

export { NoWebGlError } from "./engine";
export { scaleBarLength } from "./grid";
export { ImageSourceError } from "./source";
export type * from "./types";
export type { BrushSettings } from "./hand";
export { Viewer } from "./viewer";
export { presetsFor, toCenterWidth, toRange, type WindowPreset, type WindowPresetName } from "./windows";
