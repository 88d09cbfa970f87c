import { describe, expect, it } from "vitest";

import type { Vec3 } from "../types";
import { surfaceNet, type Net } from "./surfaceNets";

function maskOf(size: Vec3, inside: (x: number, y: number, z: number) => boolean): Uint8Array {
  const mask = new Uint8Array(size[0] * size[1] * size[2]);
  for (let at = 0; at < mask.length; at += 1) {
    const [x, y, z] = [at % size[0], Math.floor(at / size[0]) % size[1], Math.floor(at / size[0] / size[1])];
    mask[at] = inside(x, y, z) ? 1 : 0;
  }
  return mask;
}

const pointAt = ({ points }: Net, index: number): Vec3 => [
  points[3 * index] ?? 0,
  points[3 * index + 1] ?? 0,
  points[3 * index + 2] ?? 0,
];

/** By the divergence theorem: positive when all quads face outwards. */
function volumeOf(net: Net): number {
  let sum = 0;
  for (let at = 0; at < net.quads.length; at += 4) {
    const [a, b, c, d] = [0, 1, 2, 3].map((step) => pointAt(net, net.quads[at + step] ?? 0)) as [
      Vec3,
      Vec3,
      Vec3,
      Vec3,
    ];
    for (const [p, q, r] of [
      [a, b, c],
      [a, c, d],
    ] as const) {
      sum +=
        p[0] * (q[1] * r[2] - q[2] * r[1]) - p[1] * (q[0] * r[2] - q[2] * r[0]) + p[2] * (q[0] * r[1] - q[1] * r[0]);
    }
  }
  return sum / 6;
}

/** Every edge is used as often one way as the other: nothing is open. */
function isClosed({ quads }: Net): boolean {
  const balance = new Map<string, number>();
  for (let at = 0; at < quads.length; at += 1) {
    const [one, two] = [quads[at] ?? 0, quads[at % 4 === 3 ? at - 3 : at + 1] ?? 0];
    const key = one < two ? `${one}-${two}` : `${two}-${one}`;
    balance.set(key, (balance.get(key) ?? 0) + (one < two ? 1 : -1));
  }
  return [...balance.values()].every((value) => value === 0);
}

describe("surfaceNet", () => {
  it("makes of a ball a ball: closed, facing outwards, with its volume and radius", () => {
    const net = surfaceNet(
      maskOf([31, 31, 31], (x, y, z) => Math.hypot(x - 15, y - 15, z - 15) <= 11),
      [31, 31, 31],
    );
    expect(isClosed(net)).toBe(true);
    expect(volumeOf(net) / ((4 / 3) * Math.PI * 11 ** 3)).toBeGreaterThan(0.93);
    expect(volumeOf(net) / ((4 / 3) * Math.PI * 11 ** 3)).toBeLessThan(1.07);
    for (let index = 0; index < net.points.length / 3; index += 1) {
      const [x, y, z] = pointAt(net, index);
      expect(Math.abs(Math.hypot(x - 15, y - 15, z - 15) - 11)).toBeLessThan(1);
    }
  });

  it("keeps a single voxel, a hole and two bodies that touch at a corner closed", () => {
    for (const inside of [
      (x: number, y: number, z: number) => x === 4 && y === 4 && z === 4,
      (x: number, y: number, z: number) => {
        const r = Math.hypot(x - 4, y - 4, z - 4);
        return r < 3.2 && r > 1.2;
      },
      (x: number, y: number, z: number) => (x === 3 && y === 3 && z === 3) || (x === 4 && y === 4 && z === 4),
    ]) {
      const net = surfaceNet(maskOf([9, 9, 9], inside), [9, 9, 9]);
      expect(net.quads.length).toBeGreaterThan(0);
      expect(isClosed(net)).toBe(true);
      expect(volumeOf(net)).toBeGreaterThan(0);
    }
  });

  it("makes nothing of nothing", () => {
    expect(surfaceNet(new Uint8Array(27), [3, 3, 3]).quads.length).toBe(0);
  });
});
