/** Scissors: a shape drawn over a pane fills or takes away what lies under it. */

import { boundsOf } from "../edits/cutter";
import { circle } from "../edits/curves";
import { add, distance, dot, scale, subtract } from "../grid";
import type { Pane } from "../pane";
import type { Vec3 } from "../types";
import { cutOf, groundOf, onLayer, type Ground } from "./ground";
import type { HandTool, Point, ToolContext } from "./handTool";
import { paintPath } from "./paintPath";

const NEAREST_PX = 2;

export class ScissorsTool implements HandTool {
  readonly cursor = "crosshair";
  readonly edits = true;
  readonly needsVolume = false;
  readonly anyPlane = true;
  private readonly context: ToolContext;
  private drawn: { pane: Pane; ground: Ground; points: Vec3[]; last: Point } | null = null;

  constructor(context: ToolContext) {
    this.context = context;
  }

  get busy(): boolean {
    return this.drawn !== null;
  }

  down(pane: Pane, point: Point): boolean {
    const ground = groundOf(pane);
    if (!ground || this.context.editor.busy) {
      return false;
    }
    this.drawn = { pane, ground, points: [pane.toWorld(point)], last: point };
    return true;
  }

  move(pane: Pane, points: readonly Point[]): void {
    const { drawn } = this;
    if (!drawn) {
      return;
    }
    const free = this.context.now().settings.scissors.shape === "free";
    for (const point of points) {
      if (!free) {
        drawn.points.splice(1, drawn.points.length, pane.toWorld(point));
      } else if (Math.hypot(point[0] - drawn.last[0], point[1] - drawn.last[1]) >= NEAREST_PX) {
        drawn.points.push(pane.toWorld(point));
        drawn.last = point;
      }
    }
    pane.repaint();
  }

  /** The shape that was drawn, in patient space. */
  private outline(): Vec3[] {
    const { drawn } = this;
    const [from, to] = [drawn?.points[0], drawn?.points.at(-1)];
    if (!drawn || !from || !to) {
      return [];
    }
    const { right, down } = drawn.ground.plane;
    const { shape } = this.context.now().settings.scissors;
    if (shape === "circle") {
      return circle(from, right, down, distance(from, to));
    }
    if (shape === "rectangle") {
      const across = scale(right, dot(subtract(to, from), right));
      const along = scale(down, dot(subtract(to, from), down));
      return [from, add(from, across), add(add(from, across), along), add(from, along)];
    }
    return drawn.points;
  }

  up(): void {
    const { drawn } = this;
    const { settings, labels, brush } = this.context.now();
    const outline = this.outline();
    this.cancel();
    if (!drawn || !labels || outline.length < 3) {
      return;
    }
    const { ground } = drawn;
    const { mode, depth, slabMm } = settings.scissors;
    const all = mode === "eraseOutside" ? boundsOf(labels.of(brush.label), brush.label) : null;
    const within = all && !ground.regular ? onLayer(all, 2, ground.layer) : all;
    if (mode === "eraseOutside" && !within) {
      this.context.refused("emptyLabel");
      return;
    }
    const cut = cutOf(ground, outline, mode, { kind: depth, slabMm }, within);
    if (cut) {
      const tool = `scissors-${settings.scissors.shape}`;
      this.context.attempt(this.context.editor.apply(brush.label, { ...cut, tool }, ground.grid.spacing));
    }
  }

  cancel(): void {
    const pane = this.drawn?.pane;
    this.drawn = null;
    pane?.repaint();
  }

  hover(): void {}

  paint(pane: Pane, context: CanvasRenderingContext2D, ratio: number): void {
    if (this.drawn?.pane === pane) {
      const { styles, brush } = this.context.now();
      paintPath(pane, context, ratio, this.outline(), styles.get(brush.label)?.colour ?? "#ffffff", true);
    }
  }
}
