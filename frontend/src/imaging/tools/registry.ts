/** Every tool of ours by name. A name that is missing here belongs to Cornerstone's own tools. */

import { MEASURE_TYPES } from "../measurements/forms";
import type { Tool } from "../types";
import { BrushTool } from "./brushTool";
import { ContourTool } from "./contourTool";
import { CrosshairTool } from "./crosshairTool";
import { FillTool } from "./fillTool";
import type { HandTool, ToolContext, ToolMaker } from "./handTool";
import { IslandTool } from "./islandTool";
import { MeasureTool } from "./measureTool";
import { PromptTool } from "./promptTool";
import { ScissorsTool } from "./scissorsTool";
import { MagnifyTool, WindowTool } from "./viewTools";

const MAKERS: Partial<Record<Tool, ToolMaker>> = {
  window: (context) => new WindowTool(context),
  magnify: (context) => new MagnifyTool(context),
  crosshair: (context) => new CrosshairTool(context),
  brush: (context) => new BrushTool(context, "brush"),
  eraser: (context) => new BrushTool(context, "eraser"),
  threshold: (context) => new BrushTool(context, "threshold"),
  scissors: (context) => new ScissorsTool(context),
  contour: (context) => new ContourTool(context, () => context.now().settings.contour.curve),
  livewire: (context) => new ContourTool(context, () => "livewire"),
  fill: (context) => new FillTool(context),
  island: (context) => new IslandTool(context),
  prompt: (context) => new PromptTool(context),
};

/** Make one of each. */
export function makeTools(context: ToolContext): ReadonlyMap<Tool, HandTool> {
  const makers = Object.entries(MAKERS) as [Tool, ToolMaker][];
  return new Map<Tool, HandTool>([
    ...makers.map(([name, make]) => [name, make(context)] as const),
    ...MEASURE_TYPES.map((type) => [type, new MeasureTool(context, type)] as const),
  ]);
}
