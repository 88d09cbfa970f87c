import { describe, expect, it } from "vitest";

import { add, cross, directionLetters, dot, scale, type Grid } from "../grid";
import { depths, projected, rolled, shifted, standardEye, zoomed } from "./camera";
import { STANDARD_VIEWS } from "./types";

const GRID: Grid = {
  size: [100, 80, 40],
  spacing: [1, 1, 2],
  origin: [-50, -40, -40],
  axes: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
};

describe("the eye of a 3-D pane", () => {
  it("stands where the letter says, with the patient upright or face up", () => {
    const seen = STANDARD_VIEWS.map((view) => {
      const { direction, up } = standardEye(GRID, view, 1);
      const from = directionLetters([-direction[0], -direction[1], -direction[2]]);
      return `${from}${directionLetters(up)}${directionLetters(cross(direction, up))}`;
    });
    expect(seen).toEqual(["ASL", "PSR", "LSP", "RSA", "SAR", "IAL"]);
  });

  it("shows all of the volume", () => {
    expect(standardEye(GRID, "S", 1).halfHeight).toBeGreaterThan(50);
    expect(standardEye(GRID, "A", 0.5).halfHeight).toBeGreaterThan(100);
  });

  it("rolls without skew, and back", () => {
    const eye = standardEye(GRID, "A", 1);
    const there = rolled(eye, 120, 0);
    const back = rolled(there, -120, 0);
    expect(Math.abs(dot(there.direction, there.up))).toBeLessThan(1e-12);
    expect(dot(back.direction, eye.direction)).toBeCloseTo(1, 10);
    expect(dot(there.direction, eye.direction)).toBeCloseTo(Math.cos((120 * Math.PI) / 500), 10);
    expect(directionLetters(rolled(eye, 250, 0).direction)).toBe("L"); // the front was pulled to the right: seen from the right
  });

  it("follows the pointer when it is shifted, and zooms", () => {
    const eye = standardEye(GRID, "A", 1);
    const moved = shifted(eye, 10, 0, 2 * eye.halfHeight);
    expect(eye.centre[0] - moved.centre[0]).toBeCloseTo(10, 10);
    expect(zoomed(eye, 2).halfHeight).toBeCloseTo(eye.halfHeight / 2, 10);
  });

  it("sees a point where the pointer would meet it", () => {
    const eye = rolled(standardEye(GRID, "A", 1.5), 70, -40);
    const [width, height] = [600, 400];
    const mm = (2 * eye.halfHeight) / height;
    const right = cross(eye.direction, eye.up);
    const aside = add(scale(right, (451 - width / 2) * mm), scale(eye.up, (height / 2 - 33) * mm));
    const [x, y] = projected(eye, [width, height], add(add(eye.centre, aside), scale(eye.direction, 123)));
    expect(x).toBeCloseTo(451, 8);
    expect(y).toBeCloseTo(33, 8);
  });

  it("knows how deep the volume is", () => {
    const [near, far] = depths(GRID, standardEye(GRID, "S", 1));
    expect(far - near).toBeCloseTo(80, 6);
  });
});
