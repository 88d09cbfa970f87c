/** The crosshair: brings a point into every pane, and turns the planes that cross there. */

import { turned } from "../oblique";
import type { Pane } from "../pane";
import type { Vec3 } from "../types";
import type { Point } from "./handTool";
import { ViewTool } from "./viewTools";

/** Farther than this from the crosshair's centre a line is taken to turn it; nearer, to move it. */
const CENTRE_PX = 48;
/** How near to a line the pointer must be to take it. */
const NEAR_PX = 7;

/** The angle, in radians, from one direction to another around a point of the pane. */
export function angleBetween(centre: Point, from: Point, to: Point): number {
  const [ax, ay, bx, by] = [from[0] - centre[0], from[1] - centre[1], to[0] - centre[0], to[1] - centre[1]];
  return Math.atan2(ax * by - ay * bx, ax * bx + ay * by);
}

/** Distance in pixels from a point to the endless line through two others. */
export function distanceToLine(point: Point, a: Point, b: Point): number {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = Math.hypot(dx, dy);
  return length === 0 ? Infinity : Math.abs(dx * (point[1] - a[1]) - dy * (point[0] - a[0])) / length;
}

export class CrosshairTool extends ViewTool {
  readonly cursor = "crosshair";
  /** While lines are being turned: where the pointer was, and the point that they turn about. */
  private turning: { last: Point; about: Vec3 } | null = null;

  down(pane: Pane, point: Point): boolean {
    const about = this.gripAt(pane, point);
    this.turning = about ? { last: point, about } : null;
    if (!about) {
      this.put(pane, point);
    }
    return true;
  }

  private put(pane: Pane, point: Point): void {
    this.context.views.lookAt(pane.toWorld(point), pane.spec.slot);
  }

  /** The crosshair's centre, where the pointer has a line away from it; null elsewhere. */
  private gripAt(pane: Pane, point: Point): Vec3 | null {
    const { views } = this.context;
    const centre = views.crossingPanes(pane).length > 0 ? views.crosshairIn(pane) : null;
    const at = centre && pane.toCanvas(centre);
    if (!at || Math.hypot(point[0] - at[0], point[1] - at[1]) < CENTRE_PX) {
      return null;
    }
    const onLine = views
      .linesIn(pane)
      .some(({ from, to }) => distanceToLine(point, pane.toCanvas(from), pane.toCanvas(to)) < NEAR_PX);
    return onLine ? centre : null;
  }

  move(pane: Pane, points: readonly Point[]): void {
    const to = points.at(-1);
    if (!to) {
      return;
    }
    if (this.turning) {
      this.turn(pane, this.turning.about, this.turning.last, to);
      this.turning.last = to;
    } else {
      this.put(pane, to);
    }
  }

  /** Turn all planes that cross this pane's, so that they stay at the angles they have to each other. */
  private turn(pane: Pane, about: Vec3, from: Point, to: Point): void {
    const axis = pane.plane()?.normal;
    if (!axis) {
      return;
    }
    const { views } = this.context;
    const angle = angleBetween(pane.toCanvas(about), from, to);
    const others = views.crossingPanes(pane);
    views.crosshair = about;
    for (const other of others) {
      const view = other.planeView;
      if (view) {
        other.turnTo(turned(view.normal, axis, angle), turned(view.up, axis, angle), about);
      }
    }
    views.repaint();
  }

  override up(): void {
    this.turning = null;
  }

  override hover(pane: Pane, point: Point | null): void {
    pane.element.style.cursor = point && (this.turning || this.gripAt(pane, point)) ? "grab" : this.cursor;
  }
}
