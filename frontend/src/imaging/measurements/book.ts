/** The measurements on the open images: kept, drawn, dragged, and every change of them a step of undo. */

import { add, subtract } from "../grid";
import { recordChange } from "../history";
import type { Pane } from "../pane";
import type { Images } from "../source";
import type { LabelStyle, Measurement, Vec3 } from "../types";
import { drawFigure, PLAIN_COLOUR, type DrawnFigure, type FigureLook } from "./draw";
import { drawnFreely, FORMS } from "./forms";
import { measured, type Outlook } from "./measure";
import { gridFor, keyOf, pointAt, projector, seenIn } from "./places";

const GRAB_PX = 8;
const LINE_PX = 6;

type Point = readonly [number, number];

/** What the book asks of the viewer. */
export interface MeasureHost {
  now(): {
    readonly images: Images | null;
    readonly styles: ReadonlyMap<number, LabelStyle>;
    readonly readOnly: boolean;
  };
  /** Other measurements are there than before. */
  changed(): void;
  /** One was added, changed or (null) deleted by hand, by undo or by redo: save it. */
  settled(key: string, measurement: Measurement | null): void;
  /** One was drawn. */
  added(measurement: Measurement): void;
  repaint(): void;
}

/** A figure under the pointer: one of its handles, or -1 for its line. */
interface Grip {
  readonly key: string;
  readonly handle: number;
}

/** A figure in the hand. */
export interface MeasureDrag {
  move(point: Point): void;
  up(): void;
  cancel(): void;
}

export const outlookOf = (pane: Pane, brief: boolean): Outlook => ({
  up: pane.images?.grid ? (pane.planeView?.up ?? [0, -1, 0]) : [0, 1, 0],
  brief,
});

export class Measurements {
  private readonly host: MeasureHost;
  /** What stands beside a figure. */
  words: (measurement: Measurement) => readonly string[] = () => [];
  private readonly items = new Map<string, Measurement>();
  private hidden: ReadonlySet<string> = new Set();
  private shown = true;
  private chosen: string | null = null;
  private hovered: Grip | null = null;

  constructor(host: MeasureHost) {
    this.host = host;
  }

  all(): readonly Measurement[] {
    return [...this.items.values()];
  }

  /** The page knows the language of what stands beside figures. */
  setWords(words: (measurement: Measurement) => readonly string[]): void {
    this.words = words;
    this.host.repaint();
  }

  private get images(): Images | null {
    return this.host.now().images;
  }

  /** Start anew on other images. */
  clear(): void {
    this.items.clear();
    this.chosen = null;
    this.hovered = null;
  }

  /** Show these and no others (state from the server). */
  restore(measurements: readonly Measurement[]): void {
    this.items.clear();
    measurements.forEach((one) => this.items.set(one.key, one));
    this.host.changed();
  }

  /** The frame of a figure, as its place among the open frames; -1 without it. */
  sliceOf({ sop, frame }: Pick<Measurement, "sop" | "frame">): number {
    const shapes = this.images?.shapes ?? [];
    return shapes.findIndex(({ key }) => key.sop === sop && key.frame === frame);
  }

  /** A point of one, and its place among the open frames. */
  placeOf(key: string): { readonly point: Vec3; readonly slice: number } | null {
    const one = this.items.get(key);
    const [point] = one?.pointsLps ?? [];
    return one && point ? { point, slice: this.sliceOf(one) } : null;
  }

  // ── changes: each is a step that can be undone ───────────────────────────

  /** Keep one that was drawn. */
  add(measurement: Measurement): void {
    this.chosen = measurement.key;
    this.put(measurement.key, measurement);
    this.record(measurement.key, null, measurement);
    this.host.added(measurement);
  }

  /** Give one another label or text. */
  describe(key: string, part: Partial<Pick<Measurement, "label" | "text">>): void {
    const before = this.items.get(key);
    if (before && !this.host.now().readOnly) {
      const after = { ...before, ...part };
      this.put(key, after);
      this.record(key, before, after);
    }
  }

  remove(key: string): void {
    const before = this.items.get(key);
    if (before && !this.host.now().readOnly) {
      this.put(key, null);
      this.record(key, before, null);
    }
  }

  private record(key: string, before: Measurement | null, after: Measurement | null): void {
    const bytes = 24 * ((before?.pointsLps.length ?? 0) + (after?.pointsLps.length ?? 0)) + 512;
    recordChange((undo) => this.settle(key, undo ? before : after), bytes);
    this.host.settled(key, after);
    this.host.changed();
  }

  private settle(key: string, value: Measurement | null): void {
    this.put(key, value);
    this.host.settled(key, value);
  }

  private put(key: string, value: Measurement | null): void {
    if (value) {
      this.items.set(key, value);
    } else {
      this.items.delete(key);
    }
    this.host.repaint();
  }

  // ── what is seen ─────────────────────────────────────────────────────────

  setHidden(hidden: ReadonlySet<string>, shown: boolean): void {
    this.hidden = hidden;
    this.shown = shown;
    this.host.repaint();
  }

  choose(key: string | null): void {
    this.chosen = key;
    this.host.repaint();
  }

  colourOf({ label }: Pick<Measurement, "label">): string {
    return (typeof label === "number" ? this.host.now().styles.get(label)?.colour : undefined) ?? PLAIN_COLOUR;
  }

  private seen(): readonly Measurement[] {
    return this.shown ? this.all().filter(({ key }) => !this.hidden.has(key)) : [];
  }

  private lookOf(one: Measurement): FigureLook {
    const strong = one.key === this.chosen || one.key === this.hovered?.key;
    return { colour: this.colourOf(one), strong, words: this.words(one) };
  }

  paint(pane: Pane, context: CanvasRenderingContext2D, ratio: number): void {
    const images = this.images;
    for (const one of images ? this.seen() : []) {
      const slice = this.sliceOf(one);
      if (images && slice >= 0) {
        drawFigure(pane, context, ratio, images, slice, one, this.lookOf(one));
      }
    }
  }

  /** All that are shown, for a picture in 3-D, where many lie behind each other: words stand beside the chosen one. */
  drawn(): readonly DrawnFigure[] {
    const images = this.images;
    return this.seen().flatMap((figure) => {
      const slice = this.sliceOf(figure);
      const look = this.lookOf(figure);
      return images && slice >= 0
        ? [
            {
              figure,
              normal: gridFor(images, slice).axes[2],
              look: { ...look, words: look.strong ? look.words : [] },
            },
          ]
        : [];
    });
  }

  // ── what is dragged ──────────────────────────────────────────────────────

  /** `whole`: figures can be taken by their lines too. */
  private gripAt(pane: Pane, point: Point, whole: boolean): Grip | null {
    const images = this.images;
    if (!images || pane.images !== images || pane.slab.mm > 0) {
      return null;
    }
    const project = projector(pane);
    let line: Grip | null = null;
    for (const one of this.seen().toReversed()) {
      const slice = this.sliceOf(one);
      const lines = FORMS[one.type].lines(one.pointsLps, gridFor(images, Math.max(0, slice)).axes[2]);
      if (slice < 0 || seenIn(pane, images, slice, lines) !== "own") {
        continue;
      }
      const handle = FORMS[one.type]
        .handles(one.pointsLps)
        .findIndex((spot) => apart(project(spot), point) <= (drawnFreely(one.type, one.pointsLps) ? LINE_PX : GRAB_PX));
      if (handle >= 0) {
        return { key: one.key, handle };
      }
      const near =
        whole &&
        lines.some(({ points, closed, dashed }) => {
          const spots = points.map(project);
          return !dashed && alongPath(spots, closed ?? false, point) <= LINE_PX;
        });
      line ??= near ? { key: one.key, handle: -1 } : null;
    }
    return line;
  }

  /** The pointer is over a pane; tells whether something lies under it that can be taken. */
  hover(pane: Pane, point: Point | null, whole: boolean): boolean {
    const found = point && this.items.size > 0 ? this.gripAt(pane, point, whole) : null;
    if (found?.key !== this.hovered?.key) {
      this.host.repaint();
    }
    this.hovered = found;
    return found !== null;
  }

  /** Take what lies under the pointer. */
  grab(pane: Pane, point: Point, whole: boolean): MeasureDrag | null {
    const grip = this.gripAt(pane, point, whole);
    const before = grip && this.items.get(grip.key);
    const from = pointAt(pane, point);
    if (!before || !from) {
      return null;
    }
    this.chosen = grip.key;
    this.host.repaint();
    const place = (at: Point, brief: boolean) => {
      const to = pointAt(pane, at);
      if (to) {
        this.put(grip.key, this.moved(before, grip.handle, from, to, outlookOf(pane, brief)));
      }
    };
    let last: Point | null = null;
    return {
      move: (at) => {
        last = at;
        place(at, true);
      },
      up: () => {
        if (last) {
          place(last, false);
          this.record(grip.key, before, this.items.get(grip.key) ?? null);
        }
      },
      cancel: () => this.put(grip.key, before),
    };
  }

  private moved(one: Measurement, handle: number, from: Vec3, to: Vec3, outlook: Outlook): Measurement {
    const points =
      handle < 0
        ? one.pointsLps.map((point) => add(point, subtract(to, from)))
        : FORMS[one.type].drag(one.pointsLps, handle, to);
    const images = this.images;
    const frame = images && keyOf(images, this.sliceOf(one), points);
    if (!images || !frame) {
      return one;
    }
    const place = { sop: frame.sop, frame: frame.frame };
    const found = measured(images, this.sliceOf(place), one.type, points, outlook);
    return { ...one, ...place, pointsLps: points, ...found };
  }
}

const apart = (a: Point, b: Point): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** CSS pixels from a point to a path. */
function alongPath(spots: readonly Point[], closed: boolean, point: Point): number {
  let best = Infinity;
  for (let at = 0; at + 1 < spots.length + (closed ? 1 : 0); at += 1) {
    const [a, b] = [spots[at], spots[(at + 1) % spots.length]];
    if (a && b) {
      const [x, y] = [b[0] - a[0], b[1] - a[1]];
      const square = x * x + y * y;
      const share = square > 0 ? ((point[0] - a[0]) * x + (point[1] - a[1]) * y) / square : 0;
      const t = Math.min(1, Math.max(0, share));
      best = Math.min(best, apart(point, [a[0] + t * x, a[1] + t * y]));
    }
  }
  return best;
}
