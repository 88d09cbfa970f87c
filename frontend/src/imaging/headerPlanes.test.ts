import { describe, expect, it } from "vitest";

import { bitAt, filePlanes, paddingOf, withoutPadding } from "./headerPlanes";

const us = (...Value: number[]) => ({ vr: "US", Value });
const plane = {
  "60000010": us(2),
  "60000011": us(5),
  "60000050": { vr: "SS", Value: [3, -1] },
  "60003000": { vr: "OW", InlineBinary: btoa(String.fromCharCode(0b0010_0001, 0b10)) },
};

describe("overlay planes", () => {
  it("lie where their origin says, on every frame unless they have frames of their own", () => {
    const found = filePlanes(plane, 4);
    expect(found).toMatchObject([{ columns: 5, rows: 2, left: -2, top: 2, firstBit: 0, uri: "" }]);
    const many = { ...plane, "60000015": us(3), "60000051": us(2) };
    expect([1, 2, 4, 5].map((frame) => filePlanes(many, frame)[0]?.firstBit)).toEqual([undefined, 0, 20, undefined]);
  });

  it("are several, in the order of their groups, and none without data of their own", () => {
    const second = { "60020010": us(1), "60020011": us(1), "60023000": { vr: "OW", BulkDataURI: "/x" } };
    const inPixels = { "60040010": us(2), "60040011": us(5), "60040102": us(12) };
    expect(filePlanes({ ...second, ...inPixels, ...plane }, 1).map(({ uri }) => uri)).toEqual(["", "/x"]);
  });

  it("begin with the lowest bit of a byte", () => {
    const bytes = new Uint8Array([0b0010_0001, 0b10]);
    const set = Array.from({ length: 16 }, (_, bit) => bit).filter((bit) => bitAt(bytes, bit));
    expect(set).toEqual([0, 5, 9]);
  });
});

describe("padding", () => {
  const image = { "00280100": us(16), "00280103": us(1), "00280120": { vr: "SS", Value: [-2000] } };
  const within = (header: Parameters<typeof paddingOf>[0], value: number) => {
    const range = paddingOf(header);
    return range !== null && value >= range.lower && value <= range.upper;
  };

  it("is told in rescaled values", () => {
    const scaled = { ...image, "00281053": { Value: [1] }, "00281052": { Value: [-1024] } };
    expect([-3025, -3024, -3023].map((value) => within(scaled, value))).toEqual([false, true, false]);
    expect(paddingOf({})).toBeNull();
  });

  it("is signed where the pixels are, and may be a range", () => {
    expect(within({ ...image, "00280120": us(63_536) }, -2000)).toBe(true);
    const range = { "00280120": us(0), "00280121": us(30) };
    expect([0, 30, 31].map((value) => within(range, value))).toEqual([true, true, false]);
  });

  it("is left out of the values", () => {
    expect(Array.from(withoutPadding(new Int16Array([-2000, 5, -2000, 7]), paddingOf(image)))).toEqual([5, 7]);
  });
});
