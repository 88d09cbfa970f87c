/** Fill: a click takes what hangs together with the voxel under it, by a tolerance or by growing. */

import { sliceValues } from "../edits/values";
import type { Operation } from "../edits/types";
import { subtract } from "../grid";
import type { Pane } from "../pane";
import { groundOf, reachAround, voxelAt } from "./ground";
import type { HandTool, Point, ToolContext } from "./handTool";

export class FillTool implements HandTool {
  readonly cursor = "cell";
  readonly edits = true;
  readonly needsVolume = false;
  readonly busy = false;
  private readonly context: ToolContext;

  constructor(context: ToolContext) {
    this.context = context;
  }

  down(pane: Pane, point: Point): boolean {
    const { images, settings, brush } = this.context.now();
    const ground = groundOf(pane);
    const seed = voxelAt(pane, point);
    if (!images || !ground || !seed) {
      return false;
    }
    const { method, tolerance, factor, reachMm } = settings.fill;
    const flat = settings.fill.flat || !ground.regular ? pane.axis : null;
    const region = reachAround(ground, seed, reachMm, flat);
    const columns = images.shapes[seed[2]]?.columns ?? 0;
    const value = sliceValues(images, seed[2])?.[seed[1] * columns + seed[0]];
    if (value === undefined) {
      this.context.refused("noValues");
      return true;
    }
    const inBox = subtract(seed, region.lo);
    const operation: Operation =
      method === "tolerance"
        ? { kind: "flood", seed: inBox, range: { lower: value - tolerance, upper: value + tolerance }, flat }
        : { kind: "grow", seed: inBox, factor, flat };
    const tool = method === "tolerance" ? "fill" : "grow";
    this.context.attempt(this.context.editor.apply(brush.label, { operation, region, tool }, ground.grid.spacing));
    return true;
  }

  move(): void {}
  up(): void {}
  hover(): void {}
  cancel(): void {}
}
