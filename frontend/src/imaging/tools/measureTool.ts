/** Draws one type of measurement: by clicks, by dragging from one point to the next, or with a line drawn freely. */

import { add, cross, distance, subtract } from "../grid";
import { outlookOf } from "../measurements/book";
import { drawFigure } from "../measurements/draw";
import { FORMS, type Form } from "../measurements/forms";
import { measured } from "../measurements/measure";
import { keyOf, pointAt, projector } from "../measurements/places";
import type { Pane } from "../pane";
import type { Measurement, MeasureType, Vec3 } from "../types";
import { planeOf } from "./ground";
import type { HandTool, Point, ToolContext, ToolKey } from "./handTool";

/** The button moved so far: a drag, which sets a point where it ends. */
const DRAG_PX = 4;
const CLOSE_PX = 8;
const DOUBLE_MS = 350;
/** Of a line drawn freely: CSS pixels from one point to the next, and the most that is kept. */
const STEP_PX = 1.5;
const MOST_POINTS = 1_500;

const apart = (a: Point, b: Point): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

interface Begun {
  readonly pane: Pane;
  readonly slice: number;
  readonly plane: { readonly right: Vec3; readonly down: Vec3; readonly normal: Vec3 };
  readonly points: Vec3[];
  /** Where the next point would be set. */
  pending: Vec3 | null;
}

export class MeasureTool implements HandTool {
  readonly cursor = "crosshair";
  readonly edits = true;
  readonly needsVolume = false;
  readonly anyPlane: boolean;
  private readonly type: MeasureType;
  private readonly form: Form;
  private readonly context: ToolContext;
  private begun: Begun | null = null;
  private held: Point | null = null;
  private dragging = false;
  private lastDown = { time: 0, at: [0, 0] as Point };

  constructor(context: ToolContext, type: MeasureType) {
    this.context = context;
    this.type = type;
    this.form = FORMS[type];
    this.anyPlane = this.form.region !== true; // values are looked up by voxels of one layer
  }

  get busy(): boolean {
    return this.held !== null;
  }

  get open(): boolean {
    return this.begun !== null;
  }

  down(pane: Pane, point: Point): boolean {
    const at = pointAt(pane, point);
    if (!at || !pane.images) {
      return false;
    }
    if (this.begun && (this.begun.pane !== pane || this.begun.slice !== pane.gridIndex)) {
      this.cancel(); // another slice: what was begun there is let go
    }
    const { time, at: before } = this.lastDown;
    const twice = performance.now() - time < DOUBLE_MS && apart(point, before) < DRAG_PX;
    this.lastDown = { time: performance.now(), at: point };
    this.begun ??= { pane, slice: pane.gridIndex, plane: planeOf(pane), points: [], pending: null };
    if (this.type === "spline" && this.closes(pane, point, twice)) {
      this.finish();
      return true;
    }
    this.held = point;
    this.dragging = false;
    if (!twice) {
      this.set(at);
    }
    return true;
  }

  /** A click on the first point, or a double click, closes a spline. */
  private closes(pane: Pane, point: Point, twice: boolean): boolean {
    const points = this.begun?.points ?? [];
    const [first] = points;
    return points.length >= 3 && first !== undefined && (twice || apart(projector(pane)(first), point) <= CLOSE_PX);
  }

  private set(point: Vec3): void {
    const { begun } = this;
    if (begun) {
      begun.points.push(point);
      begun.pending = null;
      if (begun.points.length === this.form.set) {
        this.finish();
      }
      this.changed();
    }
  }

  move(pane: Pane, points: readonly Point[]): void {
    const { begun, held } = this;
    if (!begun || !held) {
      return;
    }
    for (const point of points) {
      this.dragging ||= apart(point, held) >= DRAG_PX;
      begun.pending = pointAt(pane, point);
      if (this.type === "freehand" && begun.pending && apart(point, this.lastDown.at) >= STEP_PX) {
        this.lastDown = { time: 0, at: point };
        begun.points.push(begun.pending);
      }
    }
    this.changed();
  }

  up(): void {
    const { begun, dragging } = this;
    this.held = null;
    this.dragging = false;
    if (this.type === "freehand") {
      this.finish();
    } else if (begun?.pending && dragging && this.type !== "spline") {
      this.set(begun.pending);
    }
  }

  hover(pane: Pane, point: Point | null): void {
    const { begun } = this;
    if (begun && begun.pane === pane && !this.held) {
      begun.pending = point && pointAt(pane, point);
      pane.repaint();
    }
  }

  key(key: ToolKey): boolean {
    const { begun } = this;
    if (!begun || this.held) {
      return false;
    }
    if (key === "Enter") {
      if (this.type !== "spline" || begun.points.length < 3) {
        return false;
      }
      this.finish();
      return true;
    }
    begun.points.pop();
    if (begun.points.length === 0) {
      this.cancel();
    }
    this.changed();
    return true;
  }

  cancel(): void {
    const pane = this.begun?.pane;
    this.begun = null;
    this.held = null;
    this.dragging = false;
    pane?.repaint();
    this.context.toolChanged({ points: 0, closed: false });
  }

  private changed(): void {
    this.begun?.pane.repaint();
    this.context.toolChanged({ points: this.begun?.points.length ?? 0, closed: false });
  }

  private finish(): void {
    const { begun } = this;
    const figure = begun && this.figure(begun, thinned(begun.points), false);
    this.cancel();
    if (figure && begun && (this.type === "probe" || this.extent(figure) > 0)) {
      this.context.measurements.add(figure);
    }
  }

  private extent({ pointsLps: [first, ...others] }: Measurement): number {
    return Math.max(0, ...others.map((point) => (first ? distance(first, point) : 0)));
  }

  /** The measurement that these points make; null while they are too few. */
  private figure(begun: Begun, set: readonly Vec3[], brief: boolean): Measurement | null {
    const { images, styles, brush } = this.context.now();
    const least = this.form.set || 3;
    if (!images || set.length < least) {
      return null;
    }
    let { type } = this;
    let points = this.form.keep(set, begun.plane);
    if (type === "circle" && begun.pane.axis !== 2) {
      // Centre and edge alone do not tell the plane of a circle outside the acquired ones: its axes do.
      type = "ellipse";
      points = axesOfCircle(set, begun.plane.normal);
    }
    const frame = keyOf(images, begun.slice, points);
    if (!frame) {
      return null;
    }
    const slice = images.shapes.findIndex(({ key }) => key === frame);
    return {
      key: crypto.randomUUID(),
      type,
      sop: frame.sop,
      frame: frame.frame,
      pointsLps: points,
      label: styles.has(brush.label) ? brush.label : null,
      text: "",
      ...measured(images, slice, type, points, outlookOf(begun.pane, brief)),
    };
  }

  paint(pane: Pane, context: CanvasRenderingContext2D, ratio: number): void {
    const { begun } = this;
    const { images, brush } = this.context.now();
    const { measurements } = this.context;
    if (!begun || !images || begun.pane !== pane || begun.slice !== pane.gridIndex) {
      return;
    }
    const set = begun.pending ? [...begun.points, begun.pending] : begun.points;
    const figure = this.figure(begun, set, true);
    const look = { colour: measurements.colourOf({ label: brush.label }), strong: true };
    if (figure) {
      drawFigure(pane, context, ratio, images, begun.slice, figure, { ...look, words: measurements.words(figure) });
    } else if (set.length > 1) {
      const type = this.form.set === 0 ? "angle" : "cobb"; // as far as it goes: open lines
      drawFigure(pane, context, ratio, images, begun.slice, { type, pointsLps: set }, { ...look, words: [] });
    }
  }
}

function axesOfCircle(set: readonly Vec3[], normal: Vec3): readonly Vec3[] {
  const [centre = [0, 0, 0], edge = [0, 0, 0]] = set as Vec3[];
  const one = subtract(edge, centre);
  const other = cross(normal, one);
  return [subtract(centre, one), add(centre, one), subtract(centre, other), add(centre, other)];
}

/** At most so many points, evenly taken. */
function thinned(points: readonly Vec3[]): readonly Vec3[] {
  const step = points.length / MOST_POINTS;
  return step <= 1
    ? points
    : Array.from({ length: MOST_POINTS }, (_, at) => points[Math.floor(at * step)] ?? [0, 0, 0]);
}
