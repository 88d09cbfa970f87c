/** A closed curve of points that can be dragged, and then becomes a mask: polygon, spline, or a livewire along edges. */

import { closedSpline } from "../edits/curves";
import { edgeCosts, Livewire, type PlaneImage } from "../edits/livewire";
import type { Curve } from "../edits/settings";
import { sliceValues } from "../edits/values";
import { dot, indexToWorld, worldToIndex } from "../grid";
import type { Pane } from "../pane";
import type { Images } from "../source";
import type { Axis, Vec3 } from "../types";
import { cutOf, groundOf, isSamePlane, planeOf, type Ground } from "./ground";
import type { HandTool, Point, ToolContext, ToolKey, ToolProgress } from "./handTool";
import { paintHandles, paintPath } from "./paintPath";
import { planeImage } from "./planeImage";

const GRAB_PX = 8;
const DOUBLE_MS = 350;
/** Cosine of the angle up to which a pane looks the same way. */
const PARALLEL = 1 - 1e-6;

/** It belongs to a plane of the images, not to a pane: it is seen wherever that plane is, also in another layout. */
interface Open {
  readonly images: Images | null;
  readonly ground: Ground;
  readonly curve: Curve;
  readonly anchors: Vec3[];
  /** Ways from each anchor to the next, for a livewire. */
  readonly ways: Map<string, Vec3[]>;
  closed: boolean;
}

export class ContourTool implements HandTool {
  readonly cursor = "crosshair";
  readonly edits = true;
  readonly needsVolume = false;
  private readonly context: ToolContext;
  private readonly curve: () => Curve;
  private begun: Open | null = null;
  private dragged = -1;
  private pointer: Vec3 | null = null;
  private lastDown = { time: 0, at: [0, 0] as Point };
  private wire: {
    key: string;
    images: Images;
    image: PlaneImage;
    costs: Float32Array;
    from: string;
    live: Livewire | null;
  } | null = null;

  constructor(context: ToolContext, curve: () => Curve) {
    this.context = context;
    this.curve = curve;
  }

  get busy(): boolean {
    return this.dragged >= 0;
  }

  /** Splines and polygons are points in the patient; a livewire goes from voxel to voxel of an acquired plane. */
  get anyPlane(): boolean {
    return this.curve() !== "livewire";
  }

  get open(): boolean {
    return this.begun !== null;
  }

  down(pane: Pane, point: Point): boolean {
    const ground = groundOf(pane);
    if (!ground || this.context.editor.busy) {
      return false;
    }
    if (this.begun && !this.isIn(pane, this.begun)) {
      this.cancel(); // another slice: what was begun there is let go
    }
    const twice = this.isDouble(point);
    this.begun ??= { images: pane.images, ground, curve: this.curve(), anchors: [], ways: new Map(), closed: false };
    const { begun: open } = this;
    const near = this.anchorAt(pane, point);
    if (twice && open.anchors.length >= 3) {
      open.closed = true;
    } else if (near === 0 && !open.closed && open.anchors.length >= 3) {
      open.closed = true;
      this.dragged = 0;
    } else if (near >= 0) {
      this.dragged = near;
    } else if (!open.closed) {
      open.anchors.push(pane.toWorld(point));
      this.dragged = open.anchors.length - 1;
    }
    this.pointer = null;
    this.changed();
    return true;
  }

  private isDouble(point: Point): boolean {
    const { time, at } = this.lastDown;
    this.lastDown = { time: performance.now(), at: point };
    return performance.now() - time < DOUBLE_MS && Math.hypot(point[0] - at[0], point[1] - at[1]) < 4;
  }

  private isIn(pane: Pane, { images, ground }: Open): boolean {
    if (!pane.ready || pane.images !== images || pane.oblique !== ground.oblique) {
      return false;
    }
    return ground.oblique
      ? isSamePlane(planeOf(pane), ground.plane)
      : pane.gridIndex === ground.layer && pane.axis === ground.axis;
  }

  private anchorAt(pane: Pane, point: Point): number {
    return (this.begun?.anchors ?? []).findIndex((anchor) => {
      const [x, y] = pane.toCanvas(anchor);
      return Math.hypot(x - point[0], y - point[1]) <= GRAB_PX;
    });
  }

  move(pane: Pane, points: readonly Point[]): void {
    const to = points.at(-1);
    if (this.begun && to && this.dragged >= 0) {
      this.begun.anchors[this.dragged] = pane.toWorld(to);
      this.changed();
    }
  }

  up(): void {
    this.dragged = -1;
  }

  hover(pane: Pane, point: Point | null): void {
    if (this.begun && !this.begun.closed && this.isIn(pane, this.begun)) {
      this.pointer = point && pane.toWorld(point);
      this.context.views.repaint();
    }
  }

  /** Enter closes, then makes the mask; Backspace takes the last point back. What is not seen is shown first. */
  key(key: ToolKey): boolean {
    const { begun: open } = this;
    if (!open) {
      return false;
    }
    if (!this.context.panes().some((pane) => this.isIn(pane, open))) {
      this.bringBack(open);
      return true;
    }
    if (key === "Backspace") {
      open.closed = false;
      open.anchors.pop();
      if (open.anchors.length === 0) {
        this.begun = null;
      }
      this.changed();
      return true;
    }
    if (open.anchors.length < 3) {
      return false;
    }
    if (open.closed) {
      this.finish(open);
    } else {
      open.closed = true;
      this.changed();
    }
    return true;
  }

  /** Show the plane of what is begun in a pane that looks the same way, if there is one. */
  private bringBack({ images, ground, anchors: [first] }: Open): void {
    const alike = (pane: Pane) => Math.abs(dot(planeOf(pane).normal, ground.plane.normal)) > PARALLEL;
    const pane = this.context
      .panes()
      .find((one) => one.ready && one.images === images && (!ground.regular || alike(one)));
    if (pane && first && ground.regular) {
      pane.lookAt(first);
    } else {
      void pane?.goTo(ground.layer);
    }
  }

  private get progress(): ToolProgress {
    return { points: this.begun?.anchors.length ?? 0, closed: this.begun?.closed ?? false };
  }

  private finish(open: Open): void {
    const { brush } = this.context.now();
    const outline = this.outline(open);
    const cut = cutOf(open.ground, outline, "fill", { kind: "slice", slabMm: 0 });
    this.cancel();
    if (cut) {
      const tool = `contour-${open.curve}`;
      this.context.attempt(this.context.editor.apply(brush.label, { ...cut, tool }, open.ground.grid.spacing));
    }
  }

  cancel(): void {
    this.begun = null;
    this.dragged = -1;
    this.pointer = null;
    this.changed();
  }

  private changed(): void {
    this.context.views.repaint();
    this.context.toolChanged(this.progress);
  }

  /** The curve in patient space; an open one ends at the pointer. */
  private outline(open: Open): Vec3[] {
    const anchors = open.closed || !this.pointer ? open.anchors : [...open.anchors, this.pointer];
    if (open.curve === "spline" && open.closed) {
      return closedSpline(anchors);
    }
    if (open.curve !== "livewire") {
      return anchors;
    }
    const pairs = anchors.map((anchor, at) => [anchor, anchors[at + 1] ?? (open.closed ? anchors[0] : undefined)]);
    return pairs.flatMap(([from, to]) => (from && to ? this.wayBetween(open, from, to) : from ? [from] : []));
  }

  private wayBetween(open: Open, from: Vec3, to: Vec3): Vec3[] {
    const key = [...from, ...to].join();
    const known = open.ways.get(key);
    if (known) {
      return known;
    }
    const way = this.cheapest(open, from, to);
    if (to !== this.pointer) {
      open.ways.set(key, way);
    }
    return way;
  }

  /** Along the edges of the image, from voxel to voxel; the first point as it was set. */
  private cheapest({ ground }: Open, from: Vec3, to: Vec3): Vec3[] {
    const { images } = this.context.now();
    const key = `${ground.axis}:${ground.layer}`;
    if (this.wire?.key !== key || this.wire.images !== images) {
      const image =
        images && planeImage(images.shapes, (k) => sliceValues(images, k), ground.grid, ground.axis, ground.layer);
      this.wire = images && image ? { key, images, image, costs: edgeCosts(image), from: "", live: null } : null;
    }
    const { wire } = this;
    if (!wire) {
      return [from];
    }
    const [across, down] = inPlaneAxes(ground.axis);
    const pixel = (point: Vec3): [number, number] => {
      const index = worldToIndex(ground.grid, point);
      const within = (value: number, count: number) => Math.min(count - 1, Math.max(0, Math.round(value)));
      return [within(index[across], wire.image.width), within(index[down], wire.image.height)];
    };
    const start = pixel(from);
    if (wire.from !== start.join() || !wire.live) {
      wire.from = start.join();
      wire.live = new Livewire(wire.image, wire.costs, start);
    }
    const layer = ground.regular ? ground.layer : 0;
    const path = wire.live.pathTo(pixel(to)).slice(1, -1);
    return [from, ...path.map(([u, v]) => indexToWorld(ground.grid, placed(ground.axis, u, v, layer)))];
  }

  paint(pane: Pane, context: CanvasRenderingContext2D, ratio: number): void {
    const { begun: open } = this;
    if (open && this.isIn(pane, open)) {
      const { styles, brush } = this.context.now();
      const colour = styles.get(brush.label)?.colour ?? "#ffffff";
      paintPath(pane, context, ratio, this.outline(open), colour, open.closed);
      paintHandles(pane, context, ratio, open.anchors, colour);
    }
  }
}

export const inPlaneAxes = (axis: Axis): readonly [Axis, Axis] => [axis === 0 ? 1 : 0, axis === 2 ? 1 : 2];

function placed(axis: Axis, u: number, v: number, layer: number): Vec3 {
  return axis === 0 ? [layer, u, v] : axis === 1 ? [u, layer, v] : [u, v, layer];
}
