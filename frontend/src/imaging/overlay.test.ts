import { describe, expect, it } from "vitest";

import { boundsOf, bytesOf, outlines } from "./overlay";

const plane = (rows: readonly string[]) => ({
  width: rows[0]?.length ?? 0,
  height: rows.length,
  labels: Uint8Array.from([...rows.join("")].map(Number)),
});

const length = (segments: readonly number[] = []): number => {
  let sum = 0;
  for (let at = 0; at < segments.length; at += 4) {
    sum +=
      Math.abs((segments[at + 2] ?? 0) - (segments[at] ?? 0)) +
      Math.abs((segments[at + 3] ?? 0) - (segments[at + 1] ?? 0));
  }
  return sum;
};

describe("outlines", () => {
  it("run around a rectangle as four straight pieces, at the edge of the image too", () => {
    const found = outlines(plane(["1110", "1110", "0000"]));
    expect(found.get(1)?.length).toBe(4 * 4);
    expect(length(found.get(1))).toBe(2 * (3 + 2));
  });

  it("count the border between two labels for both", () => {
    const found = outlines(plane(["12", "12"]));
    expect(length(found.get(1))).toBe(6);
    expect(length(found.get(2))).toBe(6);
  });

  it("are none where there is no label", () => {
    expect(outlines(plane(["000", "000"])).size).toBe(0);
    expect(boundsOf(plane(["00"]))).toEqual([0, 0, -2, -2]);
  });
});

describe("outlines of any plane", () => {
  it("are as long as the edges that part unlike voxels, for the label on either side", () => {
    let seed = 7;
    const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
    for (let round = 0; round < 40; round += 1) {
      const [width, height] = [1 + random(9), 1 + random(9)];
      const labels = Uint8Array.from({ length: width * height }, () => (random(3) === 0 ? 1 + random(3) : 0));
      const at = (x: number, y: number) =>
        x < 0 || y < 0 || x >= width || y >= height ? 0 : (labels[y * width + x] ?? 0);
      const edges = new Map<number, number>();
      for (let y = 0; y <= height; y += 1) {
        for (let x = 0; x <= width; x += 1) {
          for (const [one, other] of [
            [at(x, y), at(x - 1, y)],
            [at(x, y), at(x, y - 1)],
          ] as const) {
            for (const value of one === other ? [] : [one, other]) {
              edges.set(value, (edges.get(value) ?? 0) + 1);
            }
          }
        }
      }
      edges.delete(0);
      const found = new Map([...outlines({ width, height, labels })].map(([value, path]) => [value, length(path)]));
      expect([...found].toSorted()).toEqual([...edges].toSorted());
    }
  });
});

describe("bytesOf", () => {
  it("reads #rrggbb", () => expect(bytesOf("#e69f00")).toEqual([230, 159, 0]));
});

describe("tiles", () => {
  it("have every border of the plane once between them", () => {
    const whole = plane(
      Array.from({ length: 23 }, (_, y) => Array.from({ length: 19 }, (__, x) => (x * y) % 3).join("")),
    );
    const sums = new Map<number, number>();
    for (let y = 0; y < whole.height; y += 8) {
      for (let x = 0; x < whole.width; x += 8) {
        const at = [x, y, Math.min(x + 8, whole.width) - 1, Math.min(y + 8, whole.height) - 1] as const;
        outlines(whole, at, true).forEach((found, value) => sums.set(value, (sums.get(value) ?? 0) + length(found)));
      }
    }
    const expected = outlines(whole);
    expect(sums.get(1)).toBe(length(expected.get(1)));
    expect(sums.get(2)).toBe(length(expected.get(2)));
  });
});
