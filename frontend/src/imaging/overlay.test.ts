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

describe("bytesOf", () => {
  it("reads #rrggbb", () => expect(bytesOf("#e69f00")).toEqual([230, 159, 0]));
});
