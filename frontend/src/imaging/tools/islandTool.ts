/** Islands: a click on one keeps it alone, or takes it away. It works on the label that was clicked. */

import { boundsOf } from "../edits/cutter";
import { subtract } from "../grid";
import type { Pane } from "../pane";
import { groundOf, onLayer, voxelAt } from "./ground";
import type { HandTool, Point, ToolContext } from "./handTool";

export class IslandTool implements HandTool {
  readonly cursor = "pointer";
  readonly edits = true;
  readonly needsVolume = false;
  readonly busy = false;
  private readonly context: ToolContext;

  constructor(context: ToolContext) {
    this.context = context;
  }

  down(pane: Pane, point: Point): boolean {
    const { labels, settings } = this.context.now();
    const ground = groundOf(pane);
    const seed = voxelAt(pane, point);
    const label = labels && seed ? labels.at(seed) : 0;
    if (!labels || !ground || !seed) {
      return false;
    }
    const all = label > 0 ? boundsOf(labels.of(label), label) : null;
    const region = all && !ground.regular ? onLayer(all, 2, seed[2]) : all;
    if (!region) {
      this.context.refused("noIsland");
      return true;
    }
    const operation = { kind: "islands", keep: settings.island, seed: subtract(seed, region.lo) } as const;
    this.context.attempt(this.context.editor.apply(label, { operation, region, tool: "islands" }, ground.grid.spacing));
    return true;
  }

  move(): void {}
  up(): void {}
  hover(): void {}
  cancel(): void {}
}
