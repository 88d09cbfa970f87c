/** The panes on the screen and where they look. */

import type { RenderingEngine } from "@cornerstonejs/core";
import { ToolGroupManager } from "@cornerstonejs/tools";

import { TOOL_GROUP_ID } from "./engine";
import { indexToWorld, worldToIndex, type Grid } from "./grid";
import { Pane, type PaneHost } from "./pane";
import { listen, type PointerHost } from "./pointer";
import type { PaneName, PaneView, Vec3 } from "./types";

const LINE_COLOURS: Record<PaneName, string> = {
  axial: "#e3a93c",
  coronal: "#56b97c",
  sagittal: "#7fa6e8",
  stack: "#9aa3ad",
};

export class PaneSet {
  private readonly entries = new Map<PaneName, { pane: Pane; stop: () => void }>();
  private readonly engine: RenderingEngine;
  private resizing = 0;
  /** The grid of the open images, where they have one. */
  grid: Grid | null = null;

  constructor(engine: RenderingEngine) {
    this.engine = engine;
  }

  /** Use an element as a pane. */
  add(name: PaneName, element: HTMLDivElement, host: PaneHost, pointer: PointerHost): Pane {
    const pane = new Pane(name, element, this.engine, host);
    this.entries.set(name, { pane, stop: listen(pane, pointer) });
    ToolGroupManager.getToolGroup(TOOL_GROUP_ID)?.addViewport(pane.id, this.engine.id);
    return pane;
  }

  /** Give an element back; returns the pane that was there. */
  remove(name: PaneName): void {
    const entry = this.entries.get(name);
    if (entry) {
      this.entries.delete(name);
      entry.stop();
      ToolGroupManager.getToolGroup(TOOL_GROUP_ID)?.removeViewports(this.engine.id, entry.pane.id);
      entry.pane.dispose();
    }
  }

  /** The pane of that name, with or without images. */
  find(name: PaneName): Pane | null {
    return this.entries.get(name)?.pane ?? null;
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
      if (this.entries.size === 0) {
        return;
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

  goTo(name: PaneName, sliceIndex: number): void {
    this.get(name)?.goTo(sliceIndex);
  }

  scroll(name: PaneName, steps: number): void {
    const pane = this.get(name);
    pane?.goTo(pane.sliceIndex + steps);
  }

  /** Bring a point (LPS mm) into every pane. */
  lookAt(point: Vec3): void {
    const { grid } = this;
    if (grid) {
      const index = worldToIndex(grid, point);
      for (const pane of this.ready()) {
        const layer = Math.round(index[pane.axis]);
        pane.goTo(pane.planeView?.reversed ? pane.sliceCount - 1 - layer : layer);
      }
    }
  }

  /** The layer of the grid that the pane in the acquired plane shows; -1 without such a pane. */
  get acquiredSlice(): number {
    return this.ready().find((pane) => pane.axis === 2)?.gridIndex ?? -1;
  }

  fit(): void {
    this.ready().forEach((pane) => pane.fit());
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

  /** Where the other panes' planes cut this one. */
  linesIn(pane: Pane): readonly { from: Vec3; to: Vec3; colour: string }[] {
    const { grid } = this;
    if (!grid || pane.name === "stack") {
      return [];
    }
    return this.ready().flatMap((other) => {
      if (other === pane || !other.planeView || other.name === "stack") {
        return [];
      }
      const through: [number, number, number] = [
        (grid.size[0] - 1) / 2,
        (grid.size[1] - 1) / 2,
        (grid.size[2] - 1) / 2,
      ];
      through[pane.axis] = pane.gridIndex;
      through[other.axis] = other.gridIndex;
      const line = pane.lineOf(other.planeView, indexToWorld(grid, through), grid);
      return line ? [{ ...line, colour: LINE_COLOURS[other.name] }] : [];
    });
  }
}
