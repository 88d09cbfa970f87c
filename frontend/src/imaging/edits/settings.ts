/** How the marking tools are set. One object, so that page and tools speak of the same. */

import type { Axis, Range } from "../types";
import { ANYWHERE, type Combination, type Rules } from "./types";

export interface EditSettings {
  readonly rules: Rules;
  /** Threshold brush. Dynamic: the value under the pointer when the stroke begins, ± tolerance. */
  readonly threshold: { readonly dynamic: boolean; readonly range: Range; readonly tolerance: number };
  readonly scissors: {
    readonly shape: "free" | "circle" | "rectangle";
    readonly mode: "fill" | "eraseInside" | "eraseOutside";
    readonly depth: Depth;
    readonly slabMm: number;
  };
  readonly contour: { readonly curve: Curve };
  readonly fill: {
    readonly method: "tolerance" | "grow";
    readonly tolerance: number;
    /** Standard deviations that region growing goes from the mean. */
    readonly factor: number;
    readonly flat: boolean;
    /** How far from the click it may go, mm. */
    readonly reachMm: number;
  };
  /** What a click on an island does. */
  readonly island: "clicked" | "others";
  /** What a click or drag of the prompt tool says. */
  readonly prompt: { readonly mode: PromptMode };
}

export type PromptMode = "inside" | "outside" | "box";
export type Depth = "slice" | "slab" | "volume";
export type Curve = "polygon" | "spline" | "livewire";

export const FIRST_SETTINGS: EditSettings = {
  rules: ANYWHERE,
  threshold: { dynamic: true, range: { lower: 0, upper: 200 }, tolerance: 50 },
  scissors: { shape: "free", mode: "fill", depth: "slice", slabMm: 10 },
  contour: { curve: "spline" },
  fill: { method: "tolerance", tolerance: 50, factor: 2.5, flat: true, reachMm: 60 },
  island: "clicked",
  prompt: { mode: "inside" },
};

/** An edit of the chosen label as a whole, as the page asks for it. */
export type EditRequest =
  | { readonly kind: "interpolate"; readonly axis: Axis }
  | { readonly kind: "largest" }
  /** Islands below a volume go. */
  | { readonly kind: "small"; readonly mm3: number }
  | { readonly kind: "margin"; readonly mm: number }
  | { readonly kind: "hollow"; readonly mm: number; readonly shell: "inside" | "outside" }
  | { readonly kind: "smooth"; readonly method: "median" | "gaussian" | "opening" | "closing"; readonly mm: number }
  | { readonly kind: "combine"; readonly how: Combination; readonly other: number }
  /** `rim`: the faces of the box around the seeds count as outside everything. */
  | { readonly kind: "seeds"; readonly rim: boolean; readonly marginMm: number };
