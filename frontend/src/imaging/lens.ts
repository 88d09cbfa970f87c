/** The magnifier: a small pane over another one, with the same images, larger, about the pointer. */

import type { RenderingEngine } from "@cornerstonejs/core";

import { Pane, type PaneHost } from "./pane";

const DIAMETER_PX = 240;
/** How many times larger than in the pane. */
const FACTORS = [1.5, 2, 3, 4, 6, 8] as const;
const FIRST = 1;

type Point = readonly [number, number];

export class Lens {
  private readonly engine: RenderingEngine;
  private readonly host: PaneHost;
  private step = FIRST;
  private open: { readonly from: Pane; readonly pane: Pane; at: Point; mounted: boolean } | null = null;

  constructor(engine: RenderingEngine, host: PaneHost) {
    this.engine = engine;
    // It is no pane of the layout: it has no lines of others, and nobody is told what it shows.
    this.host = {
      masks: host.masks,
      several: false,
      get graphics() {
        return host.graphics;
      },
      get marked() {
        return host.marked;
      },
      linesIn: () => [],
      paintTool: (pane, context, ratio) => host.paintTool(pane, context, ratio),
      rendered: (pane) => pane.repaint(),
      resized: () => undefined,
    };
  }

  /** Lay it over a point of a pane. */
  show(from: Pane, at: Point): void {
    this.close();
    const element = document.createElement("div");
    element.dataset["testid"] = "lens";
    element.style.cssText =
      `position:absolute;left:0;top:0;width:${DIAMETER_PX}px;height:${DIAMETER_PX}px;border-radius:50%;` +
      "overflow:hidden;pointer-events:none;z-index:5;box-shadow:0 0 0 2px rgb(255 255 255 / 70%),0 4px 24px #000";
    from.element.append(element); // inside, so that the wheel over it is the pane's
    const open = {
      from,
      pane: new Pane({ ...from.spec, id: "lens" }, element, this.engine, this.host),
      at,
      mounted: false,
    };
    this.open = open;
    this.place();
    void open.pane.mimic(from).then(() => {
      open.mounted = this.open === open;
      this.place();
    });
  }

  move(at: Point): void {
    if (this.open) {
      this.open.at = at;
      this.place();
    }
  }

  /** Magnify more, or (below 0) less. */
  zoom(steps: number): void {
    this.step = Math.min(FACTORS.length - 1, Math.max(0, this.step + Math.sign(steps)));
    this.place();
  }

  close(): void {
    const { open } = this;
    this.open = null;
    if (open) {
      const { element } = open.pane;
      open.pane.dispose();
      element.remove();
    }
  }

  private place(): void {
    if (!this.open) {
      return;
    }
    const { from, pane, at, mounted } = this.open;
    const factor = FACTORS[this.step] ?? FACTORS[FIRST];
    pane.element.dataset["factor"] = String(factor);
    pane.element.style.transform = `translate(${at[0] - DIAMETER_PX / 2}px, ${at[1] - DIAMETER_PX / 2}px)`;
    pane.element.style.visibility = mounted ? "visible" : "hidden";
    if (mounted) {
      pane.centreOn(from.toWorld(at), from.unitsPerPixel() / factor);
    }
  }
}
