/** The hand on the panes: it holds one tool, and says what lies under the pointer. */

import { Enums, PanTool, ToolGroupManager, ZoomTool } from "@cornerstonejs/tools";

import { TOOL_GROUP_ID, VIEW_GROUP_ID } from "./engine";
import type { MeasureDrag } from "./measurements/book";
import { isMeasureType } from "./measurements/forms";
import type { Pane } from "./pane";
import type { PointerHost } from "./pointer";
import type { BrushSettings, HandState, HandTool, Modifiers, Point, ToolContext, ToolKey } from "./tools/handTool";
import { makeTools } from "./tools/registry";
import type { Hover, Tool } from "./types";
import { readAt } from "./underPointer";

/** What the hand needs of the viewer. */
export interface HandContext extends Omit<ToolContext, "now"> {
  now(): Omit<HandState, "brush">;
  hovered(hover: Hover | null): void;
}

/** While a hand draws, it is told this often what lies under it: to write that down costs the page more than to draw. */
const TOLD_MS = 100;

export class Hand implements PointerHost {
  private readonly context: HandContext;
  private readonly tools: ReadonlyMap<Tool, HandTool>;
  private activeTool: Tool = "window";
  private brush: BrushSettings = { radiusMm: 5, sphere: false, label: 1 };
  private held: Pane | null = null;
  /** A measurement that was taken by one of its points. */
  private drag: MeasureDrag | null = null;
  private overMeasurement = false;
  private toldAt = -Infinity;
  /** The latest place that nothing was told of yet. */
  private untold: { readonly pane: Pane; readonly point: Point } | null = null;
  private later: ReturnType<typeof setTimeout> | undefined;

  constructor(context: HandContext) {
    this.context = context;
    this.tools = makeTools({ ...context, now: () => ({ ...context.now(), brush: this.brush }) });
  }

  tool(): Tool {
    return this.activeTool;
  }

  /** The tool of ours in hand, or null while one of Cornerstone's is. */
  private get own(): HandTool | null {
    return this.tools.get(this.activeTool) ?? null;
  }

  get takesPrimary(): boolean {
    return this.own !== null || this.overMeasurement;
  }

  get busy(): boolean {
    return this.drag !== null || (this.own?.busy ?? false);
  }

  /** What is held is a mark. */
  get drawing(): boolean {
    return this.drag !== null || Boolean(this.own?.edits && this.own.busy);
  }

  /** Measurements can be taken while nothing else is drawn. */
  private get mayTake(): boolean {
    const free = !this.own?.edits || (isMeasureType(this.activeTool) && !this.own.open);
    return free && !this.context.now().readOnly && !this.context.editor.busy;
  }

  /** While one is drawn, others are taken by their points alone: a new one may begin on an old line. */
  private get takesWhole(): boolean {
    return !isMeasureType(this.activeTool);
  }

  /** Take a tool; Cornerstone's own tools get the buttons that are left. */
  setTool(tool: Tool): void {
    this.letGo();
    this.activeTool = tool;
    const group = ToolGroupManager.getToolGroup(TOOL_GROUP_ID);
    const { Primary, Auxiliary, Secondary } = Enums.MouseBindings;
    const primary = (wanted: Tool) => (tool === wanted ? [{ mouseButton: Primary }] : []);
    const withControl = { mouseButton: Primary, modifierKey: Enums.KeyboardBindings.Ctrl };
    for (const every of [group, ToolGroupManager.getToolGroup(VIEW_GROUP_ID)]) {
      every?.setToolPassive(PanTool.toolName, { removeAllBindings: true });
      every?.setToolPassive(ZoomTool.toolName, { removeAllBindings: true });
      const pan = [{ mouseButton: Auxiliary }, withControl, ...primary("pan")];
      every?.setToolActive(PanTool.toolName, { bindings: pan });
      every?.setToolActive(ZoomTool.toolName, { bindings: [{ mouseButton: Secondary }, ...primary("zoom")] });
    }
    for (const pane of this.context.panes()) {
      this.dress(pane);
    }
  }

  /** Give a pane the cursor of the tool. */
  dress(pane: Pane): void {
    pane.element.style.cursor = this.cursor;
    pane.showBrush(null, 0, "");
  }

  /** Only where it is another one: setting it makes the browser work out the styles of all that lies in the pane. */
  private giveCursor({ element: { style } }: Pane, cursor: string): void {
    if (style.cursor !== cursor) {
      style.cursor = cursor;
    }
  }

  private get cursor(): string {
    const cursors: Partial<Record<Tool, string>> = { pan: "grab", zoom: "zoom-in" };
    return this.own?.cursor ?? cursors[this.activeTool] ?? "crosshair";
  }

  setBrush(brush: BrushSettings): void {
    this.brush = brush;
    for (const pane of this.context.panes()) {
      pane.showBrush(null, 0, "");
    }
  }

  /** End what is under way in a pane that goes away. */
  leave(pane: Pane): void {
    if (this.untold?.pane === pane) {
      this.untold = null;
    }
    if (this.held === pane) {
      this.letGo();
      this.held = null;
    }
  }

  private letGo(): void {
    this.drag?.cancel();
    this.drag = null;
    this.own?.cancel();
  }

  down(pane: Pane, point: Point, keys: Modifiers): boolean {
    const { own } = this;
    const { readOnly, images } = this.context.now();
    this.drag = this.mayTake && pane.ready ? this.context.measurements.grab(pane, point, this.takesWhole) : null;
    if (this.drag) {
      this.held = pane;
      return true;
    }
    if (
      !own ||
      !pane.ready ||
      (own.edits && (readOnly || this.context.editor.busy || this.blocked(pane, own))) ||
      (own.needsVolume && !images?.grid)
    ) {
      return false;
    }
    const taken = own.down(pane, point, keys);
    this.held = taken ? pane : null;
    return taken;
  }

  private blocked(pane: Pane, tool: HandTool): boolean {
    return pane.blocked !== null && !(tool.anyPlane && pane.blocked === "oblique");
  }

  /** Enter, Backspace or Escape for the tool; true when it had a use for it. */
  key(key: ToolKey | "Escape"): boolean {
    if (key !== "Escape") {
      return this.own?.key?.(key) ?? false;
    }
    const open = this.busy || (this.own?.open ?? false);
    this.letGo();
    return open;
  }

  /** Draw what is open in the tool. */
  paint(pane: Pane, context: CanvasRenderingContext2D, ratio: number): void {
    this.own?.paint?.(pane, context, ratio);
  }

  move(pane: Pane, points: readonly Point[]): void {
    const last = points.at(-1);
    if (this.held === pane && last) {
      if (this.drag) {
        this.drag.move(last);
      } else {
        this.own?.move(pane, points);
      }
    }
  }

  up(): void {
    const { drag } = this;
    this.drag = null;
    if (drag) {
      drag.up();
    } else {
      this.own?.up();
    }
    this.held = null;
    this.catchUp();
  }

  /** What the pointer came to rest on is told, also where nothing moves after it. */
  private catchUp(): void {
    this.later = undefined;
    if (this.untold) {
      this.tell(this.untold.pane, this.untold.point);
    }
  }

  wheel(pane: Pane, steps: number): void {
    if (this.busy) {
      this.own?.wheel?.(steps);
    } else if (pane.ready) {
      this.context.views.scroll(pane.name, steps);
    }
  }

  hover(pane: Pane, point: Point | null): void {
    const over = pane.ready ? point : null;
    if (!this.drag) {
      this.overMeasurement = this.mayTake && this.context.measurements.hover(pane, over, this.takesWhole);
      this.giveCursor(pane, this.overMeasurement ? "move" : this.cursor);
      this.own?.hover(pane, over);
    }
    if (over && this.busy && performance.now() - this.toldAt < TOLD_MS) {
      this.untold = { pane, point: over };
      this.later ??= setTimeout(() => this.catchUp(), TOLD_MS);
    } else {
      this.tell(pane, over);
    }
  }

  private tell(pane: Pane, point: Point | null): void {
    clearTimeout(this.later);
    this.later = undefined;
    this.untold = null;
    this.toldAt = performance.now();
    this.context.hovered(point && readAt(pane, point, this.context.now()));
  }
}
