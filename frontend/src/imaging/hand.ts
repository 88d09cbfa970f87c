/** What the hand does on the panes: strokes, the window drag, the crosshair, reading values off. */

import { cache } from "@cornerstonejs/core";
import { Enums, LengthTool, PanTool, ToolGroupManager, ZoomTool } from "@cornerstonejs/tools";

import { TOOL_GROUP_ID } from "./engine";
import { contains } from "./grid";
import { recordStroke } from "./history";
import type { LabelGrid } from "./labelGrid";
import { Stroke, type Brush } from "./painter";
import type { Pane } from "./pane";
import type { PointerHost } from "./pointer";
import type { Images } from "./source";
import type { FrameKey, Hover, LabelStyle, Range, Tool, Vec3 } from "./types";
import { dragRange } from "./windows";

type Point = readonly [number, number];

export interface BrushSettings {
  readonly radiusMm: number;
  readonly sphere: boolean;
  readonly label: number;
}

export interface HandState {
  readonly images: Images | null;
  readonly labels: LabelGrid | null;
  readonly styles: ReadonlyMap<number, LabelStyle>;
  readonly window: Range;
  readonly masksShown: boolean;
  readonly readOnly: boolean;
}

/** What the hand needs of the viewer. */
export interface HandContext {
  now(): HandState;
  panes(): readonly Pane[];
  setWindow(range: Range): void;
  lookAt(point: Vec3): void;
  marked(keys: readonly FrameKey[], tool: string, finished: boolean): void;
  hovered(hover: Hover | null): void;
  recorded(): void;
}

const SMALLEST_RADIUS_MM = 0.1;
const NO_COLOUR = "#d7dbe0";

export class Hand implements PointerHost {
  private readonly context: HandContext;
  private activeTool: Tool = "window";
  private brush: BrushSettings = { radiusMm: 5, sphere: false, label: 1 };
  private stroke: { stroke: Stroke; pane: Pane; erasing: boolean } | null = null;
  private lastPoint: Point = [0, 0];

  constructor(context: HandContext) {
    this.context = context;
  }

  tool(): Tool {
    return this.activeTool;
  }

  get busy(): boolean {
    return this.stroke !== null;
  }

  /** Take a tool; Cornerstone's own tools get the buttons that are left. */
  setTool(tool: Tool): void {
    this.activeTool = tool;
    const { readOnly } = this.context.now();
    const group = ToolGroupManager.getToolGroup(TOOL_GROUP_ID);
    const { Primary, Auxiliary, Secondary } = Enums.MouseBindings;
    const primary = (wanted: Tool) => (tool === wanted ? [{ mouseButton: Primary }] : []);
    for (const name of [LengthTool.toolName, PanTool.toolName, ZoomTool.toolName]) {
      group?.setToolPassive(name, { removeAllBindings: true });
    }
    const withControl = { mouseButton: Primary, modifierKey: Enums.KeyboardBindings.Ctrl };
    group?.setToolActive(PanTool.toolName, { bindings: [{ mouseButton: Auxiliary }, withControl, ...primary("pan")] });
    group?.setToolActive(ZoomTool.toolName, { bindings: [{ mouseButton: Secondary }, ...primary("zoom")] });
    if (tool === "length" && !readOnly) {
      group?.setToolActive(LengthTool.toolName, { bindings: [{ mouseButton: Primary }] });
    } else if (tool === "brush" || tool === "eraser" || readOnly) {
      group?.setToolEnabled(LengthTool.toolName);
    }
    for (const pane of this.context.panes()) {
      this.dress(pane);
    }
  }

  /** Give a pane the cursor of the tool. */
  dress(pane: Pane): void {
    const cursors: Partial<Record<Tool, string>> = { pan: "grab", zoom: "zoom-in", window: "default" };
    pane.element.style.cursor = cursors[this.activeTool] ?? "crosshair";
    pane.showBrush(null, 0, "");
  }

  setBrush(brush: BrushSettings): void {
    this.brush = brush;
    for (const pane of this.context.panes()) {
      pane.showBrush(null, 0, "");
    }
  }

  /** End a stroke whose pane goes away. */
  leave(pane: Pane): void {
    if (this.stroke?.pane === pane) {
      this.up();
    }
  }

  down(pane: Pane, point: Point): boolean {
    this.lastPoint = point;
    if (!pane.ready) {
      return false;
    }
    if (this.activeTool === "crosshair") {
      this.context.lookAt(pane.toWorld(point));
      return true;
    }
    return this.activeTool === "window" || this.startStroke(pane, point);
  }

  private startStroke(pane: Pane, point: Point): boolean {
    const { labels, images, readOnly, masksShown } = this.context.now();
    const grid = pane.planeGrid();
    const start = pane.indexAt(point);
    const erasing = this.activeTool === "eraser";
    const brush = grid ? this.brushFor(pane, grid.spacing, erasing) : null;
    if (readOnly || !masksShown || !labels || !grid || !start || !brush) {
      return false;
    }
    const size: Vec3 = images?.grid ? grid.size : [grid.size[0], grid.size[1], labels.depth];
    const stroke = new Stroke(labels, size, brush);
    this.stroke = { stroke, pane, erasing };
    this.tell(stroke.to(start), false);
    return true;
  }

  /** Null when the label must not be drawn now. Hidden labels are as safe from a stroke as locked ones. */
  private brushFor(pane: Pane, spacing: Vec3, erasing: boolean): Brush | null {
    const { styles, images } = this.context.now();
    const style = styles.get(this.brush.label);
    if (!erasing && (!style || style.locked || !style.visible)) {
      return null;
    }
    return {
      value: erasing ? 0 : this.brush.label,
      radiusMm: Math.max(SMALLEST_RADIUS_MM, this.brush.radiusMm),
      flatAxis: this.brush.sphere && images?.grid ? null : pane.axis,
      spacing,
      locked: new Set(
        [...styles.values()].filter((label) => label.locked || !label.visible).map((label) => label.value),
      ),
    };
  }

  move(pane: Pane, points: readonly Point[]): void {
    const last = points.at(-1);
    if (!last) {
      return;
    }
    if (this.stroke) {
      const changed = new Set<number>();
      for (const point of points) {
        const index = pane.indexAt(point);
        if (index) {
          this.stroke.stroke.to(index).forEach((slice) => changed.add(slice));
        }
      }
      this.tell(changed, false);
    } else if (this.activeTool === "window") {
      this.context.setWindow(
        dragRange(this.context.now().window, last[0] - this.lastPoint[0], last[1] - this.lastPoint[1]),
      );
    } else if (this.activeTool === "crosshair") {
      this.context.lookAt(pane.toWorld(last));
    }
    this.lastPoint = last;
  }

  up(): void {
    const { stroke } = this;
    const { labels } = this.context.now();
    if (stroke && labels) {
      const runs = stroke.stroke.finish();
      if (runs.length > 0) {
        recordStroke(labels, runs);
        this.context.recorded();
        this.tell(new Set(), true);
      }
    }
    this.stroke = null;
  }

  private tell(changed: ReadonlySet<number>, finished: boolean): void {
    const { labels } = this.context.now();
    if (this.stroke && labels && (changed.size > 0 || finished)) {
      const tool = `${this.stroke.erasing ? "eraser" : "brush"}-${this.brush.sphere ? "sphere" : "circle"}`;
      this.context.marked(labels.keysOf(changed), tool, finished);
    }
  }

  wheel(pane: Pane, steps: number): void {
    if (pane.ready && !this.stroke) {
      pane.goTo(pane.sliceIndex + steps);
    }
  }

  hover(pane: Pane, point: Point | null): void {
    if (!point || !pane.ready) {
      pane.showBrush(null, 0, "");
      this.context.hovered(null);
      return;
    }
    const { readOnly, styles } = this.context.now();
    const erasing = this.activeTool === "eraser";
    const painting = (erasing || this.activeTool === "brush") && !readOnly;
    const colour = erasing ? NO_COLOUR : (styles.get(this.brush.label)?.colour ?? NO_COLOUR);
    pane.showBrush(painting ? point : null, this.brush.radiusMm, colour);
    this.context.hovered(this.read(pane, point));
  }

  /** Value and label of the voxel under a point. */
  private read(pane: Pane, point: Point): Hover | null {
    const { images, labels } = this.context.now();
    const grid = pane.planeGrid();
    const exact = pane.indexAt(point);
    if (!grid || !exact || !images) {
      return null;
    }
    const index: Vec3 = [Math.round(exact[0]), Math.round(exact[1]), Math.round(exact[2])];
    const { volume } = images;
    if (!contains(grid, volume ? index : [index[0], index[1], 0])) {
      return null;
    }
    const image = cache.getImage(images.imageIds[index[2]] ?? "");
    const value = image?.voxelManager?.getAtIJK(index[0], index[1], 0);
    const shown = typeof value === "number" ? value : null;
    return { pane: pane.name, value: shown, unit: images.unit, index, label: labels?.at(index) ?? 0 };
  }
}
