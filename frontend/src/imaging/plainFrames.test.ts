import { describe, expect, it } from "vitest";

import { readInto, type Scaling } from "./plainFrames";

const WHOLE: Scaling = { signed: true, bitsStored: 16, slope: 1, intercept: 0 };

describe("readInto", () => {
  it("writes scaled values and their range", () => {
    const place = new Int16Array(3);
    const range = readInto(place, Uint16Array.of(0, 1024, 4095).buffer, {
      ...WHOLE,
      signed: false,
      bitsStored: 12,
      intercept: -1024,
    });
    expect([...place]).toEqual([-1024, 0, 3071]);
    expect(range).toEqual({ min: -1024, max: 3071 });
  });

  it("takes the sign from the highest stored bit, whatever stands above it", () => {
    const place = new Int16Array(3);
    readInto(place, Uint16Array.of(0x0fff, 0xf7ff, 0x0800).buffer, { ...WHOLE, bitsStored: 12 });
    expect([...place]).toEqual([-1, 2047, -2048]);
  });

  it("refuses values that the volume's type cannot hold", () => {
    expect(readInto(new Int16Array(1), Uint16Array.of(40_000).buffer, { ...WHOLE, signed: false })).toBeNull();
    expect(readInto(new Uint16Array(1), Int16Array.of(-1).buffer, WHOLE)).toBeNull();
    expect(readInto(new Uint16Array(1), Uint16Array.of(40_000).buffer, { ...WHOLE, signed: false })).toEqual({
      min: 40_000,
      max: 40_000,
    });
  });

  it("refuses a frame of another size", () => {
    expect(readInto(new Int16Array(2), new ArrayBuffer(2), WHOLE)).toBeNull();
  });
});
