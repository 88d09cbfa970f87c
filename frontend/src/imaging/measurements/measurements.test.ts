import { describe, expect, it } from "vitest";

import { add, distance, dot, scale, subtract } from "../grid";
import type { MeasureType, Vec3 } from "../types";
import { FORMS, MEASURE_TYPES, splineAnchors } from "./forms";
import { drawnStep, scaleOf } from "./scaling";
import { angleAt, cobbAngle, ellipseOf, ellipsePath, ellipsePerimeter, polygonArea, polygonPerimeter } from "./shapes";
import { PEAK_RADIUS_MM, peakOf, statisticsOf, voxelsInside, type Region, type Spot, type Values } from "./statistics";

/** A right-handed frame that is none of the axes'. */
const RIGHT: Vec3 = [0.6, 0.8, 0];
const DOWN: Vec3 = [-0.48, 0.36, 0.8];
const NORMAL: Vec3 = [0.64, -0.48, 0.6];
const lifted = (x: number, y: number): Vec3 => add([10, -20, 30], add(scale(RIGHT, x), scale(DOWN, y)));
const polar = (degrees: number, size = 10): Vec3 => {
  const angle = (degrees * Math.PI) / 180;
  return lifted(size * Math.cos(angle), size * Math.sin(angle));
};

describe("angles", () => {
  it.each([0.01, 30, 90, 135, 179.99])("at a vertex: %f degrees", (degrees) => {
    expect(angleAt(polar(15, 7), lifted(0, 0), polar(15 + degrees, 3))).toBeCloseTo(degrees, 6);
  });

  it.each([
    [0, 30, 30],
    [10, 150, 40],
    [0, 179, 1],
    [45, 135, 90],
  ])("of Cobb, between lines at %f and %f degrees: %f", (one, other, expected) => {
    const far = lifted(100, 40);
    const line = (degrees: number, from: Vec3) => [from, add(from, subtract(polar(degrees), lifted(0, 0)))] as const;
    const [a, b] = line(one, lifted(0, 0));
    const [c, d] = line(other, far);
    expect(cobbAngle(a, b, c, d)).toBeCloseTo(expected, 6);
    expect(cobbAngle(b, a, c, d)).toBeCloseTo(expected, 6); // whichever way it was drawn
  });
});

describe("areas and perimeters", () => {
  it("of polygons in a plane at any angle, concave ones too", () => {
    const shape = [lifted(0, 0), lifted(4, 0), lifted(4, 3), lifted(2, 1), lifted(0, 3)];
    expect(polygonArea(shape)).toBeCloseTo(8, 9);
    expect(polygonArea(shape.toReversed())).toBeCloseTo(8, 9);
    expect(polygonPerimeter(shape)).toBeCloseTo(10 + 2 * Math.sqrt(8), 9);
    expect(polygonArea([])).toBe(0);
    expect(polygonArea([lifted(1, 1), lifted(2, 2)])).toBe(0);
  });

  it("of ellipses, against many short pieces of them", () => {
    for (const [a, b] of [
      [5, 5],
      [7, 2],
      [9, 0.5],
    ] as const) {
      const path = ellipsePath(lifted(0, 0), scale(RIGHT, a), scale(DOWN, b), 20_000);
      expect(ellipsePerimeter(a, b)).toBeCloseTo(polygonPerimeter(path), 1);
      expect(Math.PI * a * b).toBeCloseTo(polygonArea(path), 4);
    }
    expect(ellipsePerimeter(0, 0)).toBe(0);
  });
});

const plane = { right: RIGHT, down: DOWN };
const SET: Readonly<Record<MeasureType, readonly Vec3[]>> = {
  length: [lifted(0, 0), lifted(3, 4)],
  bidirectional: [lifted(0, 0), lifted(10, 0)],
  angle: [lifted(0, 5), lifted(0, 0), lifted(5, 0)],
  cobb: [lifted(0, 0), lifted(5, 0), lifted(0, 9), lifted(5, 12)],
  ellipse: [lifted(0, 0), lifted(10, 6)],
  rectangle: [lifted(0, 0), lifted(10, 6)],
  circle: [lifted(0, 0), lifted(5, 0)],
  freehand: [lifted(0, 0), lifted(5, 0), lifted(5, 5), lifted(0, 6)],
  spline: [lifted(0, 0), lifted(5, 0), lifted(5, 5), lifted(0, 6)],
  probe: [lifted(2, 2)],
  arrow: [lifted(0, 0), lifted(5, 0)],
  height: [lifted(0, 0), lifted(5, 5)],
  ratio: [lifted(0, 0), lifted(5, 0), lifted(0, 1), lifted(10, 1)],
};
const flat = (points: readonly Vec3[]) =>
  points.every((point) => Math.abs(dot(subtract(point, lifted(0, 0)), NORMAL)) < 1e-9);

describe.each(MEASURE_TYPES)("a figure of type %s", (type) => {
  const form = FORMS[type];
  const kept = form.keep(SET[type], plane);

  it("takes its handles along, and stays in its plane", () => {
    form.handles(kept).forEach((_, handle) => {
      const to = lifted(20 + handle, -7);
      const moved = form.drag(kept, handle, to);
      expect(moved).toHaveLength(kept.length);
      expect(flat(moved)).toBe(true);
      // An end of a short axis moves along and across the long one, no farther than its ends.
      const reached = distance(form.handles(moved)[handle] ?? [0, 0, 0], to);
      expect(type === "bidirectional" && handle >= 2 ? 0 : reached).toBeLessThan(1e-9);
      expect(moved.flat().every(Number.isFinite)).toBe(true);
    });
  });

  it("survives handles that fall onto each other", () => {
    form.handles(kept).forEach((_, handle) => {
      for (const target of form.handles(kept)) {
        const moved = form.drag(form.drag(kept, handle, target), handle, lifted(3, 3));
        expect(moved.flat().every(Number.isFinite)).toBe(true);
      }
    });
  });

  it("is drawn in its plane", () => {
    const lines = form.lines(kept, NORMAL);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.every(({ points }) => flat(points))).toBe(true);
  });
});

describe("figures that keep their form", () => {
  it("short axis: perpendicular, at the middle at first, also when the long one is turned", () => {
    const check = (points: readonly Vec3[]) => {
      const [a, b, c, d] = points as [Vec3, Vec3, Vec3, Vec3];
      expect(dot(subtract(b, a), subtract(d, c))).toBeCloseTo(0, 9);
      return [distance(a, b), distance(c, d)];
    };
    const kept = FORMS.bidirectional.keep(SET.bidirectional, plane);
    expect(check(kept)).toEqual([expect.closeTo(10), expect.closeTo(5)]);
    expect(check(FORMS.bidirectional.drag(kept, 1, lifted(0, 20)))).toEqual([expect.closeTo(20), expect.closeTo(5)]);
    const wider = FORMS.bidirectional.drag(kept, 2, lifted(3, 4));
    expect(check(wider)[0]).toBeCloseTo(10);
    expect(wider[2]).toEqual(lifted(3, 4).map((value) => expect.closeTo(value)));
  });

  it("rectangle: right angles, the opposite corner stays", () => {
    const kept = FORMS.rectangle.keep(SET.rectangle, plane);
    expect(polygonArea(kept)).toBeCloseTo(60);
    const moved = FORMS.rectangle.drag(kept, 2, lifted(20, 3));
    expect(polygonArea(moved)).toBeCloseTo(60);
    expect(moved[0]).toEqual(kept[0]);
    const [a, b, c] = moved as [Vec3, Vec3, Vec3];
    expect(angleAt(a, b, c)).toBeCloseTo(90, 6);
  });

  it("ellipse: inscribed in the dragged box, its axes stay perpendicular", () => {
    const kept = FORMS.ellipse.keep(SET.ellipse, plane);
    const { one, other } = ellipseOf(FORMS.ellipse.drag(kept, 0, lifted(-8, 11)));
    expect(dot(one, other)).toBeCloseTo(0, 9);
    expect(distance(other, [0, 0, 0])).toBeCloseTo(3);
    expect(kept[1]).toEqual(FORMS.ellipse.drag(kept, 0, lifted(-8, 11))[1]);
  });

  it("spline: the curve goes through its points and gives them back; a line of others does not", () => {
    const kept = FORMS.spline.keep(SET.spline, plane);
    expect(splineAnchors(kept)).toEqual(SET.spline);
    expect(splineAnchors(kept.slice(1))).toBeNull();
    expect(splineAnchors(Array.from({ length: 36 }, (_, at) => polar(at * 10)))).toBeNull();
  });
});

// ── statistics ───────────────────────────────────────────────────────────────

const SIZE: Vec3 = [40, 30, 12];
const slices = Array.from({ length: SIZE[2] }, (_, k) =>
  Float32Array.from({ length: SIZE[0] * SIZE[1] }, (_unused, at) => ((at * 7919 + k * 104_729) % 1009) - 300),
);
const values: Values = { size: SIZE, spacing: [2, 3, 4], slice: (k) => slices[k] ?? null };

/** Even-odd rule, point by point. */
function insideSlowly(region: Region, x: number, y: number): boolean {
  if (region.kind === "ellipse") {
    const { centre, one, other } = region;
    const [dx, dy] = [x - centre[0], y - centre[1]];
    const determinant = one[0] * other[1] - one[1] * other[0];
    const s = (dx * other[1] - dy * other[0]) / determinant;
    const t = (one[0] * dy - one[1] * dx) / determinant;
    return s * s + t * t <= 1;
  }
  let inside = false;
  const { corners } = region;
  for (let at = 0, before = corners.length - 1; at < corners.length; before = at, at += 1) {
    const [[x0, y0], [x1, y1]] = [corners[before] as Spot, corners[at] as Spot];
    if (y1 > y !== y0 > y && x < ((x0 - x1) * (y - y1)) / (y0 - y1) + x1) {
      inside = !inside;
    }
  }
  return inside;
}

const REGIONS: readonly Region[] = [
  { kind: "ellipse", centre: [15.3, 12.2], one: [9.7, 0], other: [0, 5.1] },
  { kind: "ellipse", centre: [2.1, 3.3], one: [6.2, 3.1], other: [-2.4, 4.6] },
  { kind: "ellipse", centre: [10.5, 10.5], one: [0.2, 0], other: [0, 0.2] },
  { kind: "polygon", corners: [[3.2, 2.1], [30.7, 5.4], [22.1, 26.6], [14.2, 9.9], [5.5, 24.1]] },
  { kind: "polygon", corners: [[-5.5, -5.5], [60.5, -5.5], [60.5, 60.5], [-5.5, 60.5]] },
  { kind: "polygon", corners: [[2.5, 2.5], [20.5, 20.5], [20.5, 2.5], [2.5, 20.5]] },
]; // prettier-ignore

describe("regions", () => {
  it.each(REGIONS.map((region, at) => [at, region] as const))(
    "hold the pixels whose centres lie inside (%i)",
    (_, region) => {
      for (const axis of [0, 1, 2] as const) {
        const [across, down] = [axis === 0 ? 1 : 0, axis === 2 ? 1 : 2] as const;
        const found = voxelsInside(SIZE, axis, 5, region).map((voxel) => voxel.join());
        const wanted: string[] = [];
        for (let v = 0; v < SIZE[down]; v += 1) {
          for (let u = 0; u < SIZE[across]; u += 1) {
            if (insideSlowly(region, u, v)) {
              const voxel = [5, 5, 5];
              voxel[across] = u;
              voxel[down] = v;
              wanted.push(voxel.join());
            }
          }
        }
        expect(found.toSorted()).toEqual(wanted.toSorted());
      }
    },
  );

  it("have mean, standard deviation, minimum and maximum of the values", () => {
    const voxels: Vec3[] = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]; // prettier-ignore
    const found = voxels.map(([i, j, k]) => slices[k]?.[j * SIZE[0] + i] ?? NaN);
    const mean = ((found[0] ?? NaN) + (found[1] ?? NaN) + (found[2] ?? NaN)) / 3;
    const sd = Math.sqrt(found.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3);
    const result = statisticsOf(values, voxels);
    expect(result).toEqual({ count: 3, mean: expect.closeTo(mean), sd: expect.closeTo(sd), min: Math.min(...found), max: Math.max(...found) }); // prettier-ignore
  });

  it("have none without values or without pixels", () => {
    expect(statisticsOf(values, [])).toBeNull();
    expect(statisticsOf({ ...values, slice: () => null }, [[1, 1, 1]])).toBeNull();
    expect(peakOf({ ...values, slice: () => null }, [[1, 1, 1]])).toBeNull();
  });

  it("peak: the largest mean in a sphere of 1 mL, at the border of the images too", () => {
    expect((4 / 3) * Math.PI * PEAK_RADIUS_MM ** 3).toBeCloseTo(1000, 6);
    const centres: Vec3[] = [[0, 0, 0], [20, 15, 6], [39, 29, 11], [5, 9, 1]]; // prettier-ignore
    const means = centres.map((centre) => {
      let [sum, count] = [0, 0];
      slices.forEach((slice, k) =>
        slice.forEach((value, at) => {
          const away = [at % SIZE[0], Math.floor(at / SIZE[0]), k].map(
            (place, axis) => (place - (centre[axis] ?? NaN)) * (values.spacing[axis] ?? NaN),
          );
          if (Math.hypot(...away) <= PEAK_RADIUS_MM) {
            sum += value;
            count += 1;
          }
        }),
      );
      return sum / count;
    });
    expect(peakOf(values, centres)).toBeCloseTo(Math.max(...means), 9);
  });
});

// ── scales ───────────────────────────────────────────────────────────────────

const header = (part: Record<string, readonly unknown[]>) =>
  Object.fromEntries(Object.entries(part).map(([tag, Value]) => [tag, { Value }]));

describe("the scale of an image", () => {
  const spot: readonly Spot[] = [[10, 10]];

  it("is the patient's where nothing is projected", () => {
    expect(scaleOf(header({ "00080060": ["CT"], "00280030": [0.5, 0.7] }), 1, spot)).toEqual({
      kind: "patient",
      step: [0.7, 0.5],
    });
    expect(scaleOf(header({ "00080060": ["MR"] }), 1, spot).kind).toBe("pixel");
  });

  it.each([
    ["the detector's alone", { "00181164": [0.1, 0.1] }, "detector", 0.1],
    ["both alike: nobody corrected", { "00181164": [0.1, 0.1], "00280030": [0.1, 0.1] }, "detector", 0.1],
    ["both, different: corrected", { "00181164": [0.1, 0.1], "00280030": [0.08, 0.08] }, "patient", 0.08],
    ["calibrated by a fiducial", { "00280030": [0.08, 0.08], "00280A02": ["FIDUCIAL"] }, "patient", 0.08],
    ["magnification told", { "00181164": [0.1, 0.1], "00181114": [1.25] }, "patient", 0.08],
    ["no word which", { "00280030": [0.2, 0.2] }, "detector", 0.2],
    ["none", {}, "pixel", 1],
  ])("of a projection: %s", (_, part, kind, step) => {
    const found = scaleOf(header({ "00080060": ["DX"], ...part }), 1, spot);
    expect(found.kind).toBe(kind);
    expect(found.step[0]).toBeCloseTo(step);
  });

  it("of ultrasound: that of the region that holds the whole figure, else pixels", () => {
    const region = header({
      "00186018": [100], "0018601A": [50], "0018601C": [300], "0018601E": [250],
      "00186024": [3], "00186026": [3], "0018602C": [0.03], "0018602E": [0.02],
    }); // prettier-ignore
    const image = header({ "00080060": ["US"], "00186011": [region] });
    expect(scaleOf(image, 1, [[150, 60], [299, 240]])).toEqual({ kind: "region", step: [0.3, 0.2] }); // prettier-ignore
    expect(scaleOf(image, 1, [[150, 60], [301, 240]]).kind).toBe("pixel"); // prettier-ignore
    const doppler = header({ "00080060": ["US"], "00186011": [{ ...region, "00186026": { Value: [7] } }] });
    expect(scaleOf(doppler, 1, [[150, 60]]).kind).toBe("pixel");
    expect(scaleOf(header({ "00080060": ["US"], "00280030": [0.4, 0.4] }), 1, spot).kind).toBe("pixel");
  });

  it("reads functional groups of a frame", () => {
    const measures = { Value: [header({ "00280030": [0.5, 0.6] })] };
    const shared = header({ "00080060": ["MR"], "52009229": [{ "00289110": measures }] });
    expect(scaleOf(shared, 3, spot)).toEqual({ kind: "patient", step: [0.6, 0.5] });
    expect(drawnStep(shared, 3)).toEqual([0.6, 0.5]);
  });
});
