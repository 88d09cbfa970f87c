/** The measurements over a 3-D pane: lines that nothing hides, on a canvas of their own. */

import { drawWhole, type DrawnFigure } from "../measurements/draw";
import { projected, type Eye } from "./camera";

export class SolidFigures {
  private readonly canvas = document.createElement("canvas");
  private empty = true;
  /** What was drawn last: type and points in CSS pixels. */
  seen: readonly { readonly type: string; readonly points: readonly (readonly [number, number])[] }[] = [];

  constructor(element: HTMLElement) {
    this.canvas.style.cssText = "position:absolute;inset:0;width:100%;height:100%;pointer-events:none;z-index:1";
    element.append(this.canvas);
  }

  dispose(): void {
    this.canvas.remove();
  }

  paint(eye: Eye, size: readonly [number, number], figures: readonly DrawnFigure[]): void {
    if (this.empty && figures.length === 0) {
      return;
    }
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(size[0] * ratio), Math.round(size[1] * ratio)];
    if (this.canvas.width !== width || this.canvas.height !== height) {
      [this.canvas.width, this.canvas.height] = [width, height];
    }
    const context = this.canvas.getContext("2d");
    context?.clearRect(0, 0, width, height);
    for (const one of context ? figures : []) {
      if (context) {
        drawWhole(context, ratio, (point) => projected(eye, size, point), one);
      }
    }
    this.empty = figures.length === 0;
    this.seen = figures.map(({ figure: { type, pointsLps } }) => ({
      type,
      points: pointsLps.map((point) => projected(eye, size, point)),
    }));
  }
}
