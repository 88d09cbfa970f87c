/** Tools of ours that only look. The crosshair has a file of its own. */

import type { Pane } from "../pane";
import { dragRange } from "../windows";
import type { HandTool, Point, ToolContext } from "./handTool";

export abstract class ViewTool implements HandTool {
  abstract readonly cursor: string;
  readonly edits = false;
  readonly needsVolume = false;
  protected readonly context: ToolContext;

  get busy(): boolean {
    return false;
  }

  constructor(context: ToolContext) {
    this.context = context;
  }

  abstract down(pane: Pane, point: Point): boolean;
  abstract move(pane: Pane, points: readonly Point[]): void;
  up(): void {}
  hover(_pane: Pane, _point: Point | null): void {}
  cancel(): void {}
}

/** Width by dragging to the side, centre by dragging up and down. */
export class WindowTool extends ViewTool {
  readonly cursor = "default";
  private last: Point = [0, 0];

  down(_pane: Pane, point: Point): boolean {
    this.last = point;
    return true;
  }

  move(pane: Pane, points: readonly Point[]): void {
    const to = points.at(-1) ?? this.last;
    const { slot } = pane.spec;
    const range = dragRange(this.context.windowOf(slot), to[0] - this.last[0], to[1] - this.last[1]);
    this.context.setWindow(range, slot);
    this.last = to;
  }
}

/** A magnifying glass over the pointer while the button is held; the wheel changes how much it magnifies. */
export class MagnifyTool extends ViewTool {
  readonly cursor = "zoom-in";
  private held = false;

  override get busy(): boolean {
    return this.held;
  }

  down(pane: Pane, point: Point): boolean {
    this.held = true;
    this.context.lens.show(pane, point);
    return true;
  }

  move(_pane: Pane, points: readonly Point[]): void {
    const to = points.at(-1);
    if (to) {
      this.context.lens.move(to);
    }
  }

  wheel(steps: number): void {
    this.context.lens.zoom(-steps);
  }

  override up(): void {
    this.held = false;
    this.context.lens.close();
  }

  override cancel(): void {
    this.up();
  }
}
