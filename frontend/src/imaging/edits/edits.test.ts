import { describe, expect, it } from "vitest";

import type { Grid } from "../grid";
import { indexToWorld } from "../grid";
import type { Axis, Vec3 } from "../types";
import { connectedTo, grown, islands, within } from "./connected";
import { FAR, squaredDistances } from "./distance";
import {
  eachVoxel,
  maskOf,
  noise,
  randomMask,
  slowComponents,
  slowInside,
  slowSquaredDistances,
  slowWays,
} from "./oracles";
import { boxAround, inPlane, insidePolygon, planeMap, type DrawnPlane } from "./polygon";
import { growSeeds } from "./seeds";
import { closing, gaussian, hollow, interpolate, margin, median, opening } from "./shapes";
import { Statistics } from "./statistics";
import { offsetIn, voxelsIn } from "./types";

const SIZE: Vec3 = [11, 9, 6];
const SPACING: Vec3 = [0.7, 1.1, 3];
const count = (mask: Uint8Array) => mask.reduce((sum, value) => sum + value, 0);

describe("distances", () => {
  it.each([
    [0.02, null],
    [0.2, null],
    [0.6, null],
    [0.05, 2],
    [0.05, 0],
    [0, null],
  ] as const)("equal every voxel against every other: density %s, flat %s", (share, flat: Axis | null) => {
    for (const seed of [1, 2, 3]) {
      const mask = randomMask(SIZE, share, seed);
      const slow = slowSquaredDistances(mask, SIZE, SPACING, flat);
      squaredDistances(mask, SIZE, SPACING, flat).forEach((value, at) => {
        const expected = slow[at] ?? 0;
        expect(value).toBeCloseTo(expected === Infinity ? FAR : expected, 4);
      });
    }
  });
});

describe("margin", () => {
  it.each([0.7, 1.1, 2, 3, 5.2])("grows by %s mm as brute force does, and shrinks the other way round", (mm) => {
    const mask = randomMask(SIZE, 0.03, 5);
    const slow = slowSquaredDistances(mask, SIZE, SPACING, null);
    const expected = Uint8Array.from(slow, (value) => (value <= mm * mm * (1 + 1e-5) ? 1 : 0));
    expect(margin(mask, SIZE, SPACING, mm)).toEqual(expected);
    const inverse = (values: Uint8Array) => values.map((value) => 1 - value);
    expect(margin(inverse(mask), SIZE, SPACING, -mm)).toEqual(inverse(expected));
  });

  it("opens, closes and hollows by the same distances", () => {
    const ball = maskOf([21, 21, 11], ([i, j, k]) => Math.hypot(i - 10, j - 10, 2 * (k - 5)) <= 7);
    const [size, spacing]: [Vec3, Vec3] = [
      [21, 21, 11],
      [1, 1, 2],
    ];
    const speck = ball.slice();
    speck[offsetIn(size, [0, 0, 0])] = 1;
    const hole = ball.slice();
    hole[offsetIn(size, [10, 10, 5])] = 0;
    expect(opening(speck, size, spacing, 2)[0]).toBe(0);
    expect(closing(hole, size, spacing, 2)[offsetIn(size, [10, 10, 5])]).toBe(1);
    const shell = hollow(ball, size, spacing, 2, "inside");
    const core = margin(ball, size, spacing, -2);
    expect(count(shell) + count(core)).toBe(count(ball));
    expect(shell.every((value, at) => value === 0 || ball[at] === 1)).toBe(true);
    const skin = hollow(ball, size, spacing, 2, "outside");
    expect(skin.every((value, at) => value === 0 || ball[at] === 0)).toBe(true);
    expect(count(skin) + count(ball)).toBe(count(margin(ball, size, spacing, 2)));
  });
});

describe("smoothing", () => {
  it("by median is what most of the box is", () => {
    const mask = randomMask(SIZE, 0.5, 8);
    const reach = [1, 1, 0];
    const expected = maskOf(SIZE, ([i, j, k]) => {
      let sum = 0;
      for (let dj = -1; dj <= 1; dj += 1) {
        for (let di = -1; di <= 1; di += 1) {
          const inside = i + di >= 0 && i + di < SIZE[0] && j + dj >= 0 && j + dj < SIZE[1];
          sum += inside ? (mask[offsetIn(SIZE, [i + di, j + dj, k])] ?? 0) : 0;
        }
      }
      return sum > 4.5;
    });
    expect(reach).toEqual([1, 1, 0]);
    expect(median(mask, SIZE, [1, 1, 5], 3)).toEqual(expected);
  });

  it("by Gauss keeps a flat edge where it is and takes a lone voxel away", () => {
    const half = maskOf([20, 20, 20], ([i]) => i < 10);
    const smooth = gaussian(half, [20, 20, 20], [1, 1, 1], 1.5);
    const wrong = maskOf([20, 20, 20], ([i, j, k]) => {
      const awayFromFaces = Math.min(i, j, k) > 6 && Math.max(j, k) < 13;
      return awayFromFaces && smooth[offsetIn([20, 20, 20], [i, j, k])] !== (i < 10 ? 1 : 0);
    });
    expect(count(wrong)).toBe(0);
    const lone = maskOf([9, 9, 9], ([i, j, k]) => i === 4 && j === 4 && k === 4);
    expect(count(gaussian(lone, [9, 9, 9], [1, 1, 1], 1))).toBe(0);
  });
});

describe("what hangs together", () => {
  it("equals the slow reference, from every seed", () => {
    const open = randomMask([8, 7, 5], 0.5, 11);
    const slow = slowComponents(open, [8, 7, 5]);
    eachVoxel([8, 7, 5], (index, at) => {
      const expected = open[at] === 1 ? slow.map((value) => (value === slow[at] ? 1 : 0)) : slow.map(() => 0);
      expect(connectedTo(open, [8, 7, 5], index, null)).toEqual(Uint8Array.from(expected));
    });
  });

  it("stays in its layer when it is flat", () => {
    const all = new Uint8Array(voxelsIn(SIZE)).fill(1);
    for (const axis of [0, 1, 2] as const) {
      const found = connectedTo(all, SIZE, [3, 4, 2], axis);
      expect(count(found)).toBe(voxelsIn(SIZE) / SIZE[axis]);
      eachVoxel(SIZE, (index, at) => expect(found[at]).toBe(index[axis] === [3, 4, 2][axis] ? 1 : 0));
    }
  });

  it("takes both ends of a range", () => {
    expect([...within(Int16Array.from([-5, 0, 5, 6]), { lower: -5, upper: 5 })]).toEqual([1, 1, 1, 0]);
  });

  it("keeps the islands that are wanted", () => {
    const mask = randomMask(SIZE, 0.35, 21);
    const slow = slowComponents(mask, SIZE);
    const sizes = new Map<number, number>();
    slow.forEach((value) => value && sizes.set(value, (sizes.get(value) ?? 0) + 1));
    const largest = [...sizes].sort((one, two) => two[1] - one[1] || one[0] - two[0])[0]?.[0];
    const expected = (keep: (value: number) => boolean) =>
      Uint8Array.from(slow, (value) => (value > 0 && keep(value) ? 1 : 0));
    expect(islands(mask, SIZE, { keep: "largest" })).toEqual(expected((value) => value === largest));
    expect(islands(mask, SIZE, { keep: "atLeast", voxels: 4 })).toEqual(
      expected((value) => (sizes.get(value) ?? 0) >= 4),
    );
    const at = mask.indexOf(1);
    const seed: Vec3 = [at % SIZE[0], Math.floor(at / SIZE[0]) % SIZE[1], Math.floor(at / (SIZE[0] * SIZE[1]))];
    expect(islands(mask, SIZE, { keep: "clicked", seed })).toEqual(expected((value) => value === slow[at]));
    expect(islands(mask, SIZE, { keep: "others", seed })).toEqual(expected((value) => value !== slow[at]));
  });

  it("grows over noisy tissue and stops at its border", () => {
    const size: Vec3 = [30, 30, 8];
    const next = noise(4);
    const ball = maskOf(size, ([i, j, k]) => Math.hypot(i - 14, j - 15, 2 * (k - 4)) < 8);
    const image = Float32Array.from(ball, (value) => (value === 1 ? 100 : 20) + (next() - 0.5) * 12);
    expect(grown(image, size, [14, 15, 4], 2.5, null)).toEqual(ball);
    const uptake = image.map((value) => value / 100); // as in SUV, where a unit is all there is
    expect(grown(uptake, size, [14, 15, 4], 2.5, null)).toEqual(ball);
  });
});

describe("scissors", () => {
  const turn = (angle: number): Grid["axes"] => {
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    return [
      [c, s * 0.8, s * 0.6],
      [-s, c * 0.8, c * 0.6],
      [0, -0.6, 0.8],
    ];
  };
  const grid: Grid = { size: [16, 14, 9], spacing: [0.8, 1.2, 2.5], origin: [-20, 33, 7], axes: turn(0.5) };
  const planes: [string, DrawnPlane][] = [
    ["along the grid", { origin: grid.origin, right: grid.axes[0], down: grid.axes[1], normal: grid.axes[2] }],
    [
      "flipped and turned a quarter",
      {
        origin: grid.origin,
        right: grid.axes[1],
        down: grid.axes[0].map((value) => -value) as unknown as Vec3,
        normal: grid.axes[2],
      },
    ],
    ["across the rows", { origin: grid.origin, right: grid.axes[1], down: grid.axes[2], normal: grid.axes[0] }],
    ["oblique", { origin: [-18, 35, 9], right: [1, 0, 0], down: [0, 0.6, 0.8], normal: [0, -0.8, 0.6] }],
  ];

  it.each(planes)("take exactly the voxels whose centres lie inside: %s", (_, plane) => {
    const middle = indexToWorld(grid, [8, 7, 4]);
    const [a0, b0] = inPlane([middle], plane);
    for (const seed of [3, 4, 5]) {
      const next = noise(seed);
      const polygon = Float64Array.from(
        { length: 24 },
        (_unused, at) => ((at % 2 ? b0 : a0) ?? 0) + (next() - 0.5) * 16,
      );
      for (const depth of [null, 2.2]) {
        const region = { lo: [2, 1, 0] as const, size: [13, 12, 8] as const };
        const found = insidePolygon(region.size, planeMap(grid, region, plane), polygon, depth);
        let inside = 0;
        eachVoxel(region.size, ([i, j, k], at) => {
          const world = indexToWorld(grid, [i + 2, j + 1, k]);
          const [a = 0, b = 0] = inPlane([world], plane);
          const offset = world.map((value, axis) => value - (plane.origin[axis] ?? 0));
          const off = offset.reduce((sum, value, axis) => sum + value * (plane.normal[axis] ?? 0), 0);
          const expected = slowInside(polygon, a, b) && (depth === null || Math.abs(off) <= depth);
          inside += expected ? 1 : 0;
          expect(found[at]).toBe(expected ? 1 : 0);
        });
        expect(inside).toBeGreaterThan(4);
      }
    }
  });

  it("know the box around points, and when it is outside", () => {
    expect(
      boxAround(grid, [
        [3.2, 4, 1],
        [5.9, 6, 1],
      ]),
    ).toEqual({ lo: [2, 3, 0], size: [6, 5, 3] });
    expect(
      boxAround(grid, [
        [-9, 4, 1],
        [-5, 6, 1],
      ]),
    ).toBeNull();
  });
});

describe("slices between slices", () => {
  it("keep a cylinder, also a slanted one, and blend sizes", () => {
    const size: Vec3 = [40, 40, 13];
    const slanted = maskOf(
      size,
      ([i, j, k]) => (k === 2 || k === 10) && Math.hypot(i - 10 - 2 * (k - 2), j - 20) < 6.3,
    );
    const filled = interpolate(slanted, size, [1, 1, 4], 2);
    const expected = maskOf(size, ([i, j, k]) => k >= 2 && k <= 10 && Math.hypot(i - 10 - 2 * (k - 2), j - 20) < 6.3);
    expect(filled).toEqual(expected);
    const cone = maskOf(size, ([i, j, k]) => (k === 2 || k === 10) && Math.hypot(i - 20, j - 20) < (k === 2 ? 4 : 12));
    const areas = Array.from({ length: 13 }, (_, k) =>
      count(interpolate(cone, size, [1, 1, 4], 2).subarray(k * 1600, (k + 1) * 1600)),
    );
    for (let k = 3; k < 10; k += 1) {
      const radius = 4 + k - 2;
      expect(Math.sqrt((areas[k] ?? 0) / Math.PI)).toBeGreaterThan(radius - 0.8);
      expect(Math.sqrt((areas[k] ?? 0) / Math.PI)).toBeLessThan(radius + 0.8);
    }
    expect([areas[1], areas[11]]).toEqual([0, 0]);
  });

  it("work along each axis alike", () => {
    const size: Vec3 = [7, 9, 11];
    const across = maskOf(size, ([i, j, k]) => (j === 1 || j === 6) && i > 1 && i < 5 && k > 3 && k < 9);
    const expected = maskOf(size, ([i, j, k]) => j >= 1 && j <= 6 && i > 1 && i < 5 && k > 3 && k < 9);
    expect(interpolate(across, size, [1, 2, 1], 1)).toEqual(expected);
  });
});

describe("growing from seeds", () => {
  it("gives each voxel to the seed with the shortest way (Bellman and Ford agree)", () => {
    const size: Vec3 = [9, 8, 5];
    const next = noise(9);
    const image = Float32Array.from({ length: voxelsIn(size) }, () => Math.floor(next() * 200));
    const seeds = new Uint8Array(voxelsIn(size));
    seeds[offsetIn(size, [1, 1, 1])] = 1;
    seeds[offsetIn(size, [7, 6, 3])] = 2;
    const owner = growSeeds(image, seeds, new Uint8Array(seeds.length), size, SPACING, () => undefined);
    const sorted = [...image].sort((one, two) => one - two);
    const range = (sorted[Math.floor(sorted.length * 0.99)] ?? 0) - (sorted[Math.floor(sorted.length * 0.01)] ?? 0);
    const of = (label: number) =>
      slowWays(
        image,
        seeds.map((value) => (value === label ? 1 : 0)),
        size,
        SPACING,
        30 / range,
      );
    const [one, two] = [of(1), of(2)];
    const wrong = owner.filter((value, at) => {
      const difference = (one[at] ?? 0) - (two[at] ?? 0);
      return Math.abs(difference) > 0.05 && value !== (difference < 0 ? 1 : 2);
    });
    expect(wrong.length).toBe(0);
    expect(new Set(owner)).toEqual(new Set([1, 2]));
  });

  it("parts two balls that touch, and wants two seeds", () => {
    const size: Vec3 = [40, 24, 12];
    const spacing: Vec3 = [1, 1, 2];
    const ball = (x: number) => maskOf(size, ([i, j, k]) => Math.hypot(i - x, j - 12, 2 * (k - 6)) < 8);
    const [left, right] = [ball(11), ball(28)];
    const next = noise(2);
    const image = Float32Array.from(left, (value, at) => (value || right[at] ? 100 : 0) + (next() - 0.5) * 10);
    const seeds = new Uint8Array(voxelsIn(size));
    seeds[offsetIn(size, [11, 12, 6])] = 1;
    seeds[offsetIn(size, [28, 12, 6])] = 2;
    eachVoxel(size, ([i, j], at) => {
      if (i === 0 || i === 39 || j === 0 || j === 23) seeds[at] = 3;
    });
    const owner = growSeeds(image, seeds, new Uint8Array(seeds.length), size, spacing, () => undefined);
    const agreement = (label: number, truth: Uint8Array) =>
      (2 * owner.reduce((sum, value, at) => sum + (value === label && truth[at] === 1 ? 1 : 0), 0)) /
      (owner.reduce((sum, value) => sum + (value === label ? 1 : 0), 0) + count(truth));
    expect(agreement(1, left)).toBeGreaterThan(0.95);
    expect(agreement(2, right)).toBeGreaterThan(0.95);
    const small = image.map((value) => value / 1024); // in whatever unit
    expect(growSeeds(small, seeds, new Uint8Array(seeds.length), size, spacing, () => undefined)).toEqual(owner);
    expect(() => growSeeds(image, left, left, size, spacing, () => undefined)).toThrow("twoSeeds");
  });
});

describe("statistics", () => {
  it("are those of the values under each label, over several slices", () => {
    const statistics = new Statistics();
    statistics.add(Uint8Array.from([0, 1, 1, 2]), Int16Array.from([9, -1000, -1002, 7]));
    statistics.add(Uint8Array.from([1, 0]), Int16Array.from([-998, 4]));
    const [one, two] = statistics.result();
    expect(one).toEqual({
      label: 1,
      voxels: 3,
      mean: -1000,
      sd: expect.closeTo(Math.sqrt(8 / 3), 9),
      minimum: -1002,
      maximum: -998,
    });
    expect(two).toEqual({ label: 2, voxels: 1, mean: 7, sd: 0, minimum: 7, maximum: 7 });
  });

  it("say nothing of values that are not there", () => {
    const statistics = new Statistics();
    statistics.add(Uint8Array.from([1]), null);
    expect(statistics.result()).toEqual([{ label: 1, voxels: 1, mean: null, sd: null, minimum: null, maximum: null }]);
  });
});
