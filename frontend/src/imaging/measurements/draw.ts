/** Figures as they are drawn over a pane. */

import type { Pane } from "../pane";
import type { Images } from "../source";
import type { Measurement, Vec3 } from "../types";
import { drawnFreely, FORMS } from "./forms";
import { gridFor, projector, seenIn } from "./places";

export const PLAIN_COLOUR = "#35b8b8";
const FONT_PX = 12;

export interface FigureLook {
  readonly colour: string;
  /** Chosen, or under the pointer: drawn stronger, with its handles. */
  readonly strong: boolean;
  /** What stands beside it. */
  readonly words: readonly string[];
}

type Place = readonly [number, number];

/** Draw a figure where it is seen in a pane: all of it on its slice, and points where it goes through another plane. */
export function drawFigure(
  pane: Pane,
  context: CanvasRenderingContext2D,
  ratio: number,
  images: Images,
  slice: number,
  figure: Pick<Measurement, "type" | "pointsLps">,
  look: FigureLook,
): void {
  const normal = gridFor(images, slice).axes[2];
  const seen = seenIn(pane, images, slice, FORMS[figure.type].lines(figure.pointsLps, normal));
  const project = projector(pane);
  if (seen === "own") {
    drawWhole(context, ratio, project, { figure, normal, look });
    return;
  }
  context.save();
  for (const point of seen) {
    const [x, y] = project(point);
    diamond(context, [x * ratio, y * ratio], ratio, look.colour);
  }
  context.restore();
}

/** A figure with how it looks; `normal`: of the image that it lies on. */
export interface DrawnFigure {
  readonly figure: Pick<Measurement, "type" | "pointsLps">;
  readonly normal: Vec3;
  readonly look: FigureLook;
}

/** Draw all of a figure. `project`: from patient points to CSS pixels. */
export function drawWhole(
  context: CanvasRenderingContext2D,
  ratio: number,
  project: (point: Vec3) => Place,
  { figure: { type, pointsLps: points }, normal, look }: DrawnFigure,
): void {
  const form = FORMS[type];
  const place = (point: Vec3): Place => {
    const [x, y] = project(point);
    return [x * ratio, y * ratio];
  };
  context.save();
  context.lineJoin = "round";
  context.lineCap = "round";
  for (const line of form.lines(points, normal)) {
    stroke(context, pathOf(line.points.map(place), line.closed ?? false), ratio, look, line.dashed ?? false);
  }
  const spots = points.map(place);
  ornament(context, type, spots, ratio, look);
  if (!drawnFreely(type, points) && (look.strong || type === "probe")) {
    form.handles(points).forEach((point) => handle(context, place(point), ratio, look.colour));
  }
  write(context, spots, ratio, look);
  context.restore();
}

function pathOf(spots: readonly Place[], closed: boolean): Path2D {
  const path = new Path2D();
  spots.forEach(([x, y], at) => (at === 0 ? path.moveTo(x, y) : path.lineTo(x, y)));
  if (closed) {
    path.closePath();
  }
  return path;
}

/** Dark beneath, so that it is seen on bright tissue too. */
function stroke(context: CanvasRenderingContext2D, path: Path2D, ratio: number, look: FigureLook, dashed: boolean) {
  context.setLineDash(dashed ? [4 * ratio, 4 * ratio] : []);
  const width = look.strong ? 2 : 1.5;
  for (const [style, by] of [
    ["rgb(0 0 0 / 70%)", 2],
    [look.colour, 0],
  ] as const) {
    context.strokeStyle = style;
    context.lineWidth = (width + by) * ratio;
    context.stroke(path);
  }
  context.setLineDash([]);
}

/** What a type has beside its lines: ends of lengths, the head of an arrow, the level lines of a height. */
function ornament(
  context: CanvasRenderingContext2D,
  type: Measurement["type"],
  spots: readonly Place[],
  ratio: number,
  look: FigureLook,
): void {
  const [a, b] = spots;
  if (!a || !b) {
    return;
  }
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
  if (type === "arrow" && length > 0) {
    const [x, y] = [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
    const side = (sign: number): Place => [
      a[0] + (x * 11 + sign * y * 5) * ratio,
      a[1] + (y * 11 - sign * x * 5) * ratio,
    ];
    stroke(context, pathOf([side(1), a, side(-1)], false), ratio, look, false);
  } else if (["length", "bidirectional", "ratio", "height"].includes(type)) {
    for (let at = 0; at + 1 < spots.length; at += 2) {
      ticks(context, spots[at] ?? a, spots[at + 1] ?? b, ratio, look);
    }
  }
}

/** Short strokes across both ends of a line. */
function ticks(context: CanvasRenderingContext2D, a: Place, b: Place, ratio: number, look: FigureLook): void {
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
  if (length === 0) {
    return;
  }
  const [x, y] = [((b[1] - a[1]) / length) * 4 * ratio, (-(b[0] - a[0]) / length) * 4 * ratio];
  for (const end of [a, b]) {
    const across: Place[] = [
      [end[0] - x, end[1] - y],
      [end[0] + x, end[1] + y],
    ];
    stroke(context, pathOf(across, false), ratio, look, false);
  }
}

function handle(context: CanvasRenderingContext2D, [x, y]: Place, ratio: number, colour: string): void {
  context.fillStyle = colour;
  context.strokeStyle = "rgb(0 0 0 / 80%)";
  context.lineWidth = ratio;
  context.beginPath();
  context.arc(x, y, 4 * ratio, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
}

/** Where a figure goes through this plane. */
function diamond(context: CanvasRenderingContext2D, [x, y]: Place, ratio: number, colour: string): void {
  const size = 4 * ratio;
  context.fillStyle = colour;
  context.strokeStyle = "rgb(0 0 0 / 80%)";
  context.lineWidth = ratio;
  context.beginPath();
  context.moveTo(x, y - size);
  context.lineTo(x + size, y);
  context.lineTo(x, y + size);
  context.lineTo(x - size, y);
  context.closePath();
  context.fill();
  context.stroke();
}

/** Words beside the figure's rightmost point; to the left of it where the pane ends. */
function write(context: CanvasRenderingContext2D, spots: readonly Place[], ratio: number, look: FigureLook): void {
  const words = look.words.filter((line) => line !== "");
  if (spots.length === 0 || words.length === 0) {
    return;
  }
  context.font = `${FONT_PX * ratio}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  const width = Math.max(...words.map((line) => context.measureText(line).width));
  const line = (FONT_PX + 4) * ratio;
  const right = spots.reduce((best, spot) => (spot[0] > best[0] ? spot : best));
  const left = spots.reduce((best, spot) => (spot[0] < best[0] ? spot : best));
  const gap = 10 * ratio;
  const fits = right[0] + gap + width <= context.canvas.width;
  const x = fits ? right[0] + gap : Math.max(gap, left[0] - gap - width);
  const wanted = (fits ? right[1] : left[1]) - ((words.length - 1) * line) / 2;
  const top = Math.min(context.canvas.height - words.length * line, Math.max(line, wanted));
  words.forEach((text, at) => {
    context.lineWidth = 3 * ratio;
    context.strokeStyle = "rgb(0 0 0 / 80%)";
    context.strokeText(text, x, top + at * line);
    context.fillStyle = look.strong ? "#ffffff" : "#d7dbe0";
    context.fillText(text, x, top + at * line);
  });
}
