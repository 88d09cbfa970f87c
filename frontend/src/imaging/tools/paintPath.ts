/** Paths and handles of tools, drawn over a pane. */

import type { Pane } from "../pane";
import type { Vec3 } from "../types";

/** A line through patient points; dark beneath, so that it is seen on bright tissue too. */
export function paintPath(
  pane: Pane,
  context: CanvasRenderingContext2D,
  ratio: number,
  points: readonly Vec3[],
  colour: string,
  closed: boolean,
): void {
  const path = new Path2D();
  points.forEach((point, at) => {
    const [x, y] = pane.toCanvas(point);
    if (at === 0) {
      path.moveTo(x * ratio, y * ratio);
    } else {
      path.lineTo(x * ratio, y * ratio);
    }
  });
  if (closed) {
    path.closePath();
  }
  context.save();
  context.lineJoin = "round";
  for (const [style, width] of [
    ["rgb(0 0 0 / 70%)", 3.5],
    [colour, 1.5],
  ] as const) {
    context.strokeStyle = style;
    context.lineWidth = width * ratio;
    context.stroke(path);
  }
  context.restore();
}

export function paintHandles(
  pane: Pane,
  context: CanvasRenderingContext2D,
  ratio: number,
  points: readonly Vec3[],
  colour: string,
): void {
  context.save();
  context.fillStyle = colour;
  context.strokeStyle = "rgb(0 0 0 / 80%)";
  context.lineWidth = ratio;
  for (const point of points) {
    const [x, y] = pane.toCanvas(point);
    context.beginPath();
    context.arc(x * ratio, y * ratio, 4 * ratio, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
  context.restore();
}
