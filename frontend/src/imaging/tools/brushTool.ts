/** Brush, eraser and threshold brush: strokes that are written while the hand moves. */

import { gateFor } from "../edits/gate";
import { sliceValues } from "../edits/values";
import { recordStep } from "../history";
import { Stroke, type Brush } from "../painter";
import type { Pane } from "../pane";
import type { Range, Vec3 } from "../types";
import type { HandTool, Point, ToolContext } from "./handTool";

const SMALLEST_RADIUS_MM = 0.1;
const NO_COLOUR = "#d7dbe0";

export type BrushKind = "brush" | "eraser" | "threshold";

export class BrushTool implements HandTool {
  readonly cursor = "crosshair";
  readonly edits = true;
  readonly needsVolume = false;
  private readonly context: ToolContext;
  private readonly kind: BrushKind;
  private stroke: { stroke: Stroke; layer: number } | null = null;

  constructor(context: ToolContext, kind: BrushKind) {
    this.context = context;
    this.kind = kind;
  }

  get busy(): boolean {
    return this.stroke !== null;
  }

  down(pane: Pane, point: Point): boolean {
    const { labels, images, readOnly, masksShown, brush: settings } = this.context.now();
    const grid = pane.planeGrid();
    const start = pane.indexAt(point);
    if (readOnly || !labels || !grid || !start) {
      return false;
    }
    const refused = masksShown ? this.refusal(start) : "masksHidden";
    const brush = refused ? null : this.brushFor(pane, grid.spacing, start);
    if (!brush) {
      this.context.refused(refused);
      return true;
    }
    const size: Vec3 = images?.grid ? grid.size : [grid.size[0], grid.size[1], labels.depth];
    const layer = labels.layerOf(settings.label);
    this.stroke = { stroke: new Stroke(labels.layer(layer), size, brush), layer };
    this.tell(this.stroke.stroke.to(start), false);
    return true;
  }

  /** Why nothing can be drawn now, "" where it can. Hidden labels are as safe from a stroke as locked ones. */
  private refusal(start: Vec3): string {
    const { styles, images, brush, settings } = this.context.now();
    const style = styles.get(brush.label);
    if (this.kind !== "eraser" && (!style || style.locked || !style.visible)) {
      return "lockedLabel";
    }
    const asksValues = this.kind === "threshold" || settings.rules.range !== null;
    return asksValues && images && !sliceValues(images, Math.max(0, Math.round(start[2]))) ? "noValues" : "";
  }

  private brushFor(pane: Pane, spacing: Vec3, start: Vec3): Brush | null {
    const { styles, images, labels, brush, settings } = this.context.now();
    const erasing = this.kind === "eraser";
    if (!images || !labels) {
      return null;
    }
    const threshold = this.kind === "threshold" ? this.thresholdAt(start) : null;
    return {
      value: erasing ? 0 : brush.label,
      radiusMm: Math.max(SMALLEST_RADIUS_MM, brush.radiusMm),
      flatAxis: brush.sphere && images.grid ? null : pane.axis,
      spacing,
      locked: new Set(
        [...styles.values()].filter((label) => label.locked || !label.visible).map((label) => label.value),
      ),
      allows: gateFor(settings.rules, threshold, labels, (slice) => sliceValues(images, slice)),
    };
  }

  /** The range of a stroke that begins here. */
  private thresholdAt(start: Vec3): Range {
    const { images, settings } = this.context.now();
    const { dynamic, range, tolerance } = settings.threshold;
    if (!dynamic || !images) {
      return range;
    }
    const [i, j, k] = [Math.round(start[0]), Math.round(start[1]), Math.round(start[2])];
    const columns = images.shapes[k]?.columns ?? 0;
    const inside = i >= 0 && i < columns && j >= 0;
    const value = inside ? (sliceValues(images, k)?.[j * columns + i] ?? Number.NaN) : Number.NaN;
    return { lower: value - tolerance, upper: value + tolerance };
  }

  move(pane: Pane, points: readonly Point[]): void {
    if (!this.stroke) {
      return;
    }
    const changed = new Set<number>();
    for (const point of points) {
      const index = pane.indexAt(point);
      if (index) {
        this.stroke.stroke.to(index).forEach((slice) => changed.add(slice));
      }
    }
    this.tell(changed, false);
  }

  up(): void {
    const { stroke } = this;
    const { labels } = this.context.now();
    if (stroke && labels) {
      const steps = stroke.stroke.finish();
      if (steps.length > 0) {
        recordStep(labels, [{ layer: stroke.layer, steps }]);
        this.context.recorded();
        this.tell(new Set(), true);
      } else if (this.kind === "threshold" || this.context.now().settings.rules.range) {
        this.context.refused("nothingInRange");
      }
    }
    this.stroke = null;
  }

  /** A stroke is never thrown away: it ends where it is. */
  cancel(): void {
    this.up();
  }

  private tell(changed: ReadonlySet<number>, finished: boolean): void {
    const { labels, brush } = this.context.now();
    if (labels && this.stroke && (changed.size > 0 || finished)) {
      const tool = `${this.kind}-${brush.sphere ? "sphere" : "circle"}`;
      this.context.marked(labels.layer(this.stroke.layer).keysOf(changed), tool, finished);
    }
  }

  hover(pane: Pane, point: Point | null): void {
    const { readOnly, styles, brush } = this.context.now();
    const colour = this.kind === "eraser" ? NO_COLOUR : (styles.get(brush.label)?.colour ?? NO_COLOUR);
    pane.showBrush(readOnly ? null : point, brush.radiusMm, colour);
  }
}
