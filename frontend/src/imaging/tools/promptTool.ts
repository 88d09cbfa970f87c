/**
 * Click to mask: points, scribbles and a box are sent to an engine, its proposal is shown, Enter takes it.
 *
 * A click is a point, a drag a scribble. Alt turns inside into outside, Shift draws a box.
 */

import { add, dot, scale, subtract } from "../grid";
import type { Pane } from "../pane";
import { NO_PROMPTS, type PromptAnswer, type PromptMark, type PromptQuestion, type PromptStatus } from "../prompts";
import type { FrameKey, Vec3 } from "../types";
import { groundOf, planeOf, voxelAt } from "./ground";
import type { HandTool, Modifiers, Point, ToolContext, ToolKey } from "./handTool";
import { paintHandles, paintPath } from "./paintPath";
import { proposalOf } from "./proposal";

const STEP_PX = 4;
/** Clicks in quick succession are one question. */
const PAUSE_MS = 60;
const OUTSIDE_COLOUR = "#ff5d5d";

interface Prompt {
  readonly kind: "inside" | "outside" | "box";
  /** In the patient, as they are drawn. */
  readonly world: readonly Vec3[];
  /** As they are asked: LPS, or (column, row, 0) of a frame. */
  readonly places: readonly Vec3[];
}

interface Drag {
  readonly pane: Pane;
  readonly kind: Prompt["kind"];
  readonly points: Point[];
}

export class PromptTool implements HandTool {
  readonly cursor = "crosshair";
  readonly edits = true;
  readonly needsVolume = false;
  private readonly context: ToolContext;
  private prompts: readonly Prompt[] = [];
  private drag: Drag | null = null;
  /** The frame that a loose stack's prompts lie on. */
  private frame: FrameKey | null = null;
  private answer: { readonly found: PromptAnswer; readonly label: number } | null = null;
  private question = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(context: ToolContext) {
    this.context = context;
  }

  get busy(): boolean {
    return this.drag !== null;
  }

  get open(): boolean {
    return this.prompts.length > 0;
  }

  down(pane: Pane, point: Point, keys: Modifiers): boolean {
    const { settings, labels } = this.context.now();
    const voxel = voxelAt(pane, point);
    const ground = groundOf(pane);
    if (!voxel || !ground) {
      return false;
    }
    if (!ground.regular) {
      const key = labels?.layer(0).keysOf([voxel[2]])[0] ?? null;
      if (key?.sop !== this.frame?.sop || key?.frame !== this.frame?.frame) {
        this.cancel(); // another frame: what was begun there is let go
        this.frame = key;
      }
    }
    const { mode } = settings.prompt;
    const turned = mode === "outside" ? "inside" : "outside";
    this.drag = { pane, kind: keys.shift ? "box" : keys.alt && mode !== "box" ? turned : mode, points: [point] };
    return true;
  }

  move(pane: Pane, points: readonly Point[]): void {
    const { drag } = this;
    for (const point of points) {
      const last = drag?.points.at(-1);
      if (drag && last && Math.hypot(point[0] - last[0], point[1] - last[1]) >= STEP_PX) {
        drag.points.push(point);
      }
    }
    pane.repaint();
  }

  up(): void {
    const { drag } = this;
    this.drag = null;
    if (!drag) {
      return;
    }
    const prompt = drag.kind === "box" ? boxOf(drag) : lineOf(drag);
    if (prompt) {
      const others = this.prompts.filter(({ kind }) => kind !== "box" || prompt.kind !== "box");
      this.prompts = [...others, prompt];
      this.ask();
    }
  }

  hover(): void {}

  /** Enter takes the proposal, Backspace the last prompt back. */
  key(key: ToolKey): boolean {
    if (!this.open) {
      return false;
    }
    if (key === "Enter") {
      this.accept();
      return true;
    }
    this.prompts = this.prompts.slice(0, -1);
    if (this.prompts.length === 0) {
      this.cancel();
    } else {
      this.ask();
    }
    return true;
  }

  cancel(): void {
    this.question.abort();
    clearTimeout(this.timer);
    const shown = this.open;
    this.prompts = [];
    this.drag = null;
    this.frame = null;
    this.answer = null;
    if (shown) {
      this.context.preview(null);
      this.tell({});
    }
  }

  private accept(): void {
    const { answer } = this;
    const { labels } = this.context.now();
    if (!answer || !labels) {
      return; // still asked, or there is none
    }
    this.cancel();
    const proposal = proposalOf(answer.found.frames, labels, answer.label);
    const spacing = this.context.now().images?.grid?.spacing ?? [1, 1, 1];
    if (proposal) {
      const tool = `prompt:${answer.found.engine}`;
      this.context.attempt(this.context.editor.apply(answer.label, { ...proposal, tool }, spacing));
    }
  }

  private ask(): void {
    this.question.abort();
    clearTimeout(this.timer);
    const question = new AbortController();
    this.question = question;
    this.answer = null;
    this.tell({ state: "asking" });
    this.timer = setTimeout(() => void this.send(question.signal), PAUSE_MS);
  }

  private async send(signal: AbortSignal): Promise<void> {
    const asked = this.asked();
    try {
      const found = await this.context.ask(asked, signal);
      if (!signal.aborted) {
        this.answer = { found, label: asked.label };
        this.context.preview(found.frames);
        this.tell({ ...found, state: "ready" });
      }
    } catch (error) {
      if (!signal.aborted) {
        this.context.preview(null);
        const message = error instanceof Error ? error.message : String(error);
        this.tell({ state: "failed", message });
      }
    }
  }

  private asked(): PromptQuestion {
    const { brush } = this.context.now();
    const box = this.prompts.find(({ kind }) => kind === "box");
    const [first, second] = box?.places ?? [];
    const marks: PromptMark[] = this.prompts
      .filter(({ kind }) => kind !== "box")
      .map(({ kind, places }) => ({ places, positive: kind === "inside" }));
    return { label: brush.label, marks, box: first && second ? [first, second] : null, frame: this.frame };
  }

  private tell(status: Partial<PromptStatus>): void {
    const { engine = "", voxels = 0, elapsedMs = 0, state = "empty", message = "" } = status;
    this.context.prompted({ ...NO_PROMPTS, state, engine, voxels, elapsedMs, message, count: this.prompts.length });
    this.context.panes().forEach((pane) => pane.repaint());
  }

  paint(pane: Pane, context: CanvasRenderingContext2D, ratio: number): void {
    const { styles, brush } = this.context.now();
    const own = styles.get(brush.label)?.colour ?? "#ffffff";
    const drawn = this.drag?.pane === pane ? (this.drag.kind === "box" ? boxOf(this.drag) : lineOf(this.drag)) : null;
    for (const { kind, world } of drawn ? [...this.prompts, drawn] : this.prompts) {
      const colour = kind === "outside" ? OUTSIDE_COLOUR : own;
      if (this.isSeen(pane, world)) {
        const outline = world.slice(0, 4);
        if (world.length > 1) {
          paintPath(pane, context, ratio, kind === "box" ? outline : world, colour, kind === "box");
        } else {
          paintHandles(pane, context, ratio, world, colour);
        }
      }
    }
  }

  /** Prompts are shown in the slice that they lie in. */
  private isSeen(pane: Pane, world: readonly Vec3[]): boolean {
    const ground = groundOf(pane);
    if (!ground) {
      return false;
    }
    if (!ground.regular) {
      const here = this.context.now().labels?.layer(0).keysOf([ground.layer])[0];
      return here?.sop === this.frame?.sop && here?.frame === this.frame?.frame;
    }
    const { origin, normal } = planeOf(pane);
    const half = ground.grid.spacing[ground.axis] / 2 + 1e-3;
    return world.every((point) => Math.abs(dot(subtract(point, origin), normal)) <= half);
  }
}

/** A click or a scribble; null where none of it lies on the images. */
function lineOf({ pane, kind, points }: Drag): Prompt | null {
  const on = points.filter((point) => voxelAt(pane, point));
  const world = on.map((point) => pane.toWorld(point));
  return on.length > 0 ? { kind, world, places: on.map((point, at) => placeOf(pane, point, world[at])) } : null;
}

function placeOf(pane: Pane, point: Point, world: Vec3 | undefined): Vec3 {
  const index = pane.indexAt(point);
  return pane.images?.grid || !index ? (world ?? [0, 0, 0]) : [index[0], index[1], 0];
}

/** A box between two corners of a pane; across the slices it reaches as far as it is wide on the mean. */
function boxOf({ pane, points }: Drag): Prompt | null {
  const [from, to] = [points[0], points.at(-1)];
  if (!from || !to || Math.abs(to[0] - from[0]) < STEP_PX || Math.abs(to[1] - from[1]) < STEP_PX) {
    return null;
  }
  const corners = [from, [to[0], from[1]] as const, to, [from[0], to[1]] as const];
  const world = corners.map((corner) => pane.toWorld(corner));
  const [a, b, c] = world;
  if (!a || !b || !c) {
    return null;
  }
  if (!pane.images?.grid) {
    return { kind: "box", world, places: [placeOf(pane, from, a), placeOf(pane, to, c)] };
  }
  const length = (from_: Vec3, to_: Vec3) => Math.hypot(...subtract(to_, from_));
  const half = (length(a, b) + length(b, c)) / 4;
  const { normal } = planeOf(pane);
  return { kind: "box", world, places: [add(a, scale(normal, -half)), add(c, scale(normal, half))] };
}
