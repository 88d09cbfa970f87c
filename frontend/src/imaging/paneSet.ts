/** The panes on the screen and where they look. */

import type { RenderingEngine } from "@cornerstonejs/core";
import { ToolGroupManager } from "@cornerstonejs/tools";

import { TOOL_GROUP_ID, VIEW_GROUP_ID } from "./engine";
import { add, dot, scale, subtract } from "./grid";
import type { DicomJson } from "./header";
import type { PaneKind, PaneSpec, Slab, Slot } from "./layouts";
import { crossing } from "./oblique";
import { Pane, type PaneHost, type PaneMemory } from "./pane";
import type { PaneLine } from "./paneOverlay";
import { listen, type PointerHost } from "./pointer";
import type { PaneName, PaneView, Vec3 } from "./types";

const LINE_COLOURS: Record<PaneKind, string> = {
  axial: "#e3a93c",
  coronal: "#56b97c",
  sagittal: "#7fa6e8",
  stack: "#9aa3ad",
  volume: "#9aa3ad",
};

/** Half the length, in mm, of the line that another plane cuts into a pane: longer than any patient. */
const LINE_MM = 1500;
/** Planes scroll together when their normals differ by less than about 15 degrees. */
const ALIKE = 0.966;

const groupOf = ({ slot }: PaneSpec) => ToolGroupManager.getToolGroup(slot === "main" ? TOOL_GROUP_ID : VIEW_GROUP_ID);

export class PaneSet {
  private readonly entries = new Map<PaneName, { pane: Pane; stop: () => void }>();
  private readonly engine: RenderingEngine;
  private readonly memories = new Map<PaneName, PaneMemory>();
  private resizing = 0;
  /** The point (LPS mm) that the crosshair is on. */
  crosshair: Vec3 | null = null;
  /** Lines of other panes are drawn. */
  linesShown = true;
  /** Panes of other series follow when one is scrolled. */
  linked = true;
  /** mm from a place in `main` to the same place in another series, where the reader has matched them by hand. */
  private readonly offsets = new Map<Slot, Vec3>();

  /** A hand draws: what it draws on stays as it is, whoever plays, follows or presses keys meanwhile. */
  private readonly drawing: () => boolean;

  constructor(engine: RenderingEngine, drawing: () => boolean) {
    this.engine = engine;
    this.drawing = drawing;
  }

  /** Use an element as a pane. */
  add(spec: PaneSpec, element: HTMLDivElement, host: PaneHost, pointer: PointerHost): Pane {
    const pane = new Pane(spec, element, this.engine, host);
    this.entries.set(spec.id, { pane, stop: listen(pane, pointer) });
    groupOf(spec)?.addViewport(pane.id, this.engine.id);
    return pane;
  }

  /** Give an element back; returns the pane that was there. */
  remove(name: PaneName): void {
    const entry = this.entries.get(name);
    if (entry) {
      this.entries.delete(name);
      const memory = entry.pane.memory();
      if (memory) {
        this.memories.set(name, memory);
      }
      entry.stop();
      groupOf(entry.pane.spec)?.removeViewports(this.engine.id, entry.pane.id);
      entry.pane.dispose();
    }
  }

  /** Where a pane of that name looked before it went away. */
  memoryOf(name: PaneName): PaneMemory | null {
    return this.memories.get(name) ?? null;
  }

  /** The pane of that name, with or without images. */
  find(name: PaneName): Pane | null {
    return this.entries.get(name)?.pane ?? null;
  }

  /** A frame could not be had: who shows it says so. */
  frameFailed(): void {
    this.ready().forEach((pane) => pane.frameFailed());
  }

  /** A frame of a volume has come: who shows it draws it now, for Cornerstone waits up to half a second. */
  frameCame(volumeId: string, index: number): void {
    this.ready().forEach((pane) => pane.showsFrame(volumeId, index) && pane.viewport.render());
  }

  all(): readonly Pane[] {
    return [...this.entries.values()].map(({ pane }) => pane);
  }

  /** Panes that show images. */
  ready(): readonly Pane[] {
    return this.all().filter((pane) => pane.ready);
  }

  private get(name: PaneName): Pane | null {
    const pane = this.find(name);
    return pane?.ready ? pane : null;
  }

  /**
   * Fit all viewports to their elements, once for each frame. Resizing clears them, so they are drawn at once.
   *
   * The engine passes over a viewport whose hidden canvas happens to have the new size already (as after growing and
   * shrinking again), and all of them while a frame is pending. The picture would then be stretched by the style sheet
   * and marks would land beside it; so each viewport is told itself, and looked at again until it fits.
   */
  resize(tries = 20): void {
    this.resizing ||= requestAnimationFrame(() => {
      this.resizing = 0;
      if (this.all().every((pane) => pane.fits)) {
        return; // observers tell of every new pane, which has its size from the start
      }
      this.engine.resize(true, true);
      for (const pane of this.ready()) {
        pane.viewport.resize();
        pane.viewport.render();
        pane.repaint();
      }
      if (tries > 0 && this.ready().some((pane) => !pane.fits)) {
        this.resize(tries - 1);
      }
    });
  }

  repaint(except?: Pane): void {
    this.all().forEach((pane) => pane !== except && pane.repaint());
  }

  /** Label values have changed, and nothing else. */
  repaintMarks(): void {
    this.all().forEach((pane) => pane.repaint(true));
  }

  goTo(name: PaneName, sliceIndex: number): void {
    const pane = this.get(name);
    if (pane && !this.drawing()) {
      void pane.goTo(sliceIndex);
      this.follow(pane);
    }
  }

  scroll(name: PaneName, steps: number): void {
    const pane = this.get(name);
    if (pane) {
      this.goTo(name, pane.sliceIndex + steps);
    }
  }

  // ── linked series ────────────────────────────────────────────────────────

  private offset(slot: Slot): Vec3 {
    return this.offsets.get(slot) ?? [0, 0, 0];
  }

  /** Bring the other panes, as far as they look the same way, to the place of this one. */
  private follow(from: Pane): void {
    const plane = from.plane();
    if (!this.linked || !plane) {
      return;
    }
    const here = subtract(plane.point, this.offset(from.spec.slot));
    for (const other of this.ready()) {
      const normal = other.plane()?.normal;
      if (other !== from && normal && Math.abs(dot(normal, plane.normal)) > ALIKE) {
        other.lookAt(add(here, this.offset(other.spec.slot)));
      }
    }
  }

  /** What is in view now in each series is the same place from here on. */
  matchHere(): void {
    const main = this.ready()
      .find((pane) => pane.spec.slot === "main")
      ?.plane();
    for (const pane of this.ready()) {
      const plane = pane.plane();
      if (main && plane && pane.spec.slot !== "main") {
        const along = dot(subtract(plane.point, main.point), plane.normal);
        this.offsets.set(pane.spec.slot, scale(plane.normal, along));
      }
    }
  }

  /** Forget what was matched by hand: positions count as the images say. */
  unmatch(): void {
    this.offsets.clear();
    const main = this.ready().find((pane) => pane.spec.slot === "main");
    if (main) {
      this.follow(main);
    }
  }

  get matched(): boolean {
    return this.offsets.size > 0;
  }

  // ── crosshair and planes ─────────────────────────────────────────────────

  /** Bring a point (LPS mm) of a series into every pane. */
  lookAt(point: Vec3, slot: Slot = "main"): void {
    if (this.drawing()) {
      return;
    }
    const here = subtract(point, this.offset(slot));
    this.crosshair = here;
    for (const pane of this.ready()) {
      if (pane.images?.placed) {
        pane.lookAt(add(here, this.offset(pane.spec.slot)));
      }
    }
  }

  /** Bring a new pane to where a pane beside it looks the same way, or to the crosshair. */
  place(pane: Pane): void {
    const plane = pane.plane();
    const alike = this.ready().find((other) => {
      const normal = other !== pane && other.plane()?.normal;
      return normal && plane && Math.abs(dot(normal, plane.normal)) > ALIKE;
    });
    const there = (this.linked && alike?.plane()?.point) || null;
    const from = there && alike ? subtract(there, this.offset(alike.spec.slot)) : this.crosshair;
    if (from && plane) {
      pane.lookAt(add(from, this.offset(pane.spec.slot)));
    }
  }

  /** Where the crosshair stands in a pane: on its plane, nearest to the point that it was put on. */
  crosshairIn(pane: Pane): Vec3 | null {
    const plane = pane.plane();
    if (!plane) {
      return null;
    }
    const others = this.crossingPanes(pane).flatMap((other) => other.plane() ?? []);
    let point = this.crosshair ?? plane.point;
    for (let round = 0; round < 8; round += 1) {
      for (const { normal, point: through } of [...others, plane]) {
        point = add(point, scale(normal, dot(subtract(through, point), normal)));
      }
    }
    return point;
  }

  /** Planes of the same volume that cut a pane's own: those that turn with its crosshair. */
  crossingPanes(pane: Pane): readonly Pane[] {
    if (!pane.images?.grid || pane.spec.kind === "stack") {
      return [];
    }
    const normal = pane.planeView?.normal;
    return this.ready().filter(
      (other) =>
        other !== pane &&
        other.images === pane.images &&
        other.spec.kind !== "stack" &&
        normal !== undefined &&
        other.planeView !== null &&
        Math.abs(dot(other.planeView.normal, normal)) < 0.98,
    );
  }

  straighten(): void {
    this.ready().forEach((pane) => pane.straighten());
  }

  async setSlab(name: PaneName, slab: Slab): Promise<void> {
    const pane = this.get(name);
    if (pane) {
      await pane.setSlab(slab);
      this.repaint();
    }
  }

  /** The pane that shows the frames of the main series as they were acquired. */
  get acquiredPane(): Pane | null {
    return this.ready().find((pane) => pane.spec.slot === "main" && pane.axis === 2) ?? null;
  }

  /** The layer of the grid in that pane; -1 without one. */
  get acquiredSlice(): number {
    return this.acquiredPane?.gridIndex ?? -1;
  }

  fit(): void {
    this.ready().forEach((pane) => pane.fit());
  }

  /** Show a pane's image so that a pixel of the pane is so many millimetres. */
  scaleTo(name: PaneName, mmPerPixel: number): void {
    this.get(name)?.scaleTo(mmPerPixel);
  }

  rotate(name: PaneName): void {
    this.get(name)?.rotate();
  }

  flip(name: PaneName): void {
    this.get(name)?.flip();
  }

  /** Patient point under a point of a pane, in CSS pixels. */
  worldAt(name: PaneName, x: number, y: number): Vec3 | null {
    return this.get(name)?.toWorld([x, y]) ?? null;
  }

  /** Voxel coordinates (i, j, k) under a point of a pane. */
  indexAt(name: PaneName, x: number, y: number): Vec3 | null {
    return this.get(name)?.indexAt([x, y]) ?? null;
  }

  stateOf(name: PaneName): PaneView | null {
    return this.get(name)?.state() ?? null;
  }

  /** The header of the image in a pane. */
  headerOf(name: PaneName): DicomJson {
    return this.get(name)?.header() ?? {};
  }

  /** Where the other panes' planes cut this one. */
  linesIn(pane: Pane): readonly PaneLine[] {
    const plane = this.linesShown ? pane.plane() : null;
    if (!plane) {
      return [];
    }
    const near = this.crosshairIn(pane) ?? plane.point;
    const comparable = this.ready().filter(
      (other) => other !== pane && other.images?.frameOfReference === pane.images?.frameOfReference,
    );
    return comparable.flatMap((other) => {
      const their = other.plane();
      const line = their && crossing(plane, their, near);
      if (!line) {
        return [];
      }
      const reach = scale(line.direction, LINE_MM);
      const colour = LINE_COLOURS[other.spec.kind];
      return [{ from: subtract(line.point, reach), to: add(line.point, reach), colour }];
    });
  }
}
