import { describe, expect, it } from "vitest";

import type { Vec3 } from "../types";
import { circle, closedSpline } from "./curves";
import { edgeCosts, Livewire, type PlaneImage } from "./livewire";
import { noise } from "./oracles";

const area = (points: readonly Vec3[]) =>
  Math.abs(
    points.reduce((sum, [x, y], at) => {
      const [nx, ny] = points[(at + 1) % points.length] ?? [0, 0];
      return sum + (x * ny - nx * y) / 2;
    }, 0),
  );

describe("curves", () => {
  it("run through the points that were set", () => {
    const points: Vec3[] = [
      [0, 0, 5],
      [10, 0, 5],
      [12, 9, 5],
      [-1, 8, 5],
    ];
    const curve = closedSpline(points);
    expect(curve).toHaveLength(48);
    points.forEach((point, at) => expect(curve[12 * at]).toEqual(point));
    expect(curve.every(([, , z]) => Math.abs(z - 5) < 1e-12)).toBe(true);
    expect(closedSpline(points.slice(0, 2))).toEqual(points.slice(0, 2));
  });

  it("a circle has the area of a circle", () => {
    expect(area(circle([3, 4, 0], [1, 0, 0], [0, 1, 0], 7))).toBeCloseTo(Math.PI * 49, 6);
  });
});

describe("livewire", () => {
  const [width, height] = [60, 50];
  const disc = (x: number, y: number) => Math.hypot(x - 30, y - 25) < 15;

  function imageOf(value: (x: number, y: number) => number): PlaneImage {
    const values = new Float32Array(width * height);
    values.forEach((_, at) => (values[at] = value(at % width, Math.floor(at / width))));
    return { width, height, values, pitch: [1, 1] };
  }

  it("follows the edge of a disc", () => {
    const next = noise(3);
    const image = imageOf((x, y) => (disc(x, y) ? 100 : 0) + next() * 8);
    const path = new Livewire(image, edgeCosts(image), [45, 25]).pathTo([15, 25]);
    expect([path[0], path.at(-1)]).toEqual([
      [45, 25],
      [15, 25],
    ]);
    const off = path.map(([x, y]) => Math.abs(Math.hypot(x - 30, y - 25) - 15));
    expect(Math.max(...off)).toBeLessThan(2);
  });

  it("is as cheap as Bellman and Ford find, and goes on from where it stopped", () => {
    const next = noise(6);
    const image = { ...imageOf(() => Math.floor(next() * 100)), width: 12, height: 10 };
    const costs = edgeCosts(image);
    const wire = new Livewire(image, costs, [1, 2]);
    const slow = slowWays(costs, 12, 10, 2 * 12 + 1);
    for (const target of [
      [2, 2],
      [11, 9],
      [0, 9],
      [10, 0],
    ] as const) {
      const path = wire.pathTo(target);
      const length = path.slice(1).reduce((sum, [x, y], at) => {
        const [px, py] = path[at] ?? [0, 0];
        const pair = ((costs[py * 12 + px] ?? 0) + (costs[y * 12 + x] ?? 0)) / 2;
        return sum + Math.hypot(x - px, y - py) * pair;
      }, 0);
      expect(length).toBeCloseTo(slow[target[1] * 12 + target[0]] ?? 0, 3);
    }
  });
});

function slowWays(costs: Float32Array, width: number, height: number, start: number): number[] {
  const ways = Array.from({ length: width * height }, (_, at) => (at === start ? 0 : Infinity));
  for (let changing = true; changing;) {
    changing = false;
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        for (let dy = -1; dy <= 1; dy += 1) {
          for (let dx = -1; dx <= 1; dx += 1) {
            const [nx, ny] = [x + dx, y + dy];
            const [at, other] = [y * width + x, ny * width + nx];
            const inside = nx >= 0 && ny >= 0 && nx < width && ny < height;
            const way = inside
              ? (ways[other] ?? 0) + (Math.hypot(dx, dy) * ((costs[at] ?? 0) + (costs[other] ?? 0))) / 2
              : Infinity;
            if (way < (ways[at] ?? 0) - 1e-9) {
              ways[at] = way;
              changing = true;
            }
          }
        }
      }
    }
  }
  return ways;
}
