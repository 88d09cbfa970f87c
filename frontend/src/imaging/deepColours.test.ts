import { metaData } from "@cornerstonejs/core";
import { describe, expect, it } from "vitest";

import { coloursOf, deepImage, deepOf, storedColour } from "./deepColours";

const modules: Record<string, Record<string, unknown>> = {
  imagePixelModule: {
    photometricInterpretation: "RGB",
    bitsAllocated: 16,
    bitsStored: 12,
    planarConfiguration: 1,
    columns: 2,
    rows: 1,
  },
};
metaData.addProvider((type: string, imageId: string) => (imageId === "deep" ? modules[type] : undefined), 30_000);

describe("colours of more than 8 bits", () => {
  it("are drawn by the upper 8 of the stored bits", () => {
    const found = coloursOf(Uint16Array.of(0, 4095, 16).buffer, { Kind: Uint16Array, bitsStored: 12, byPlane: false });
    expect([...found.drawn]).toEqual([0, 255, 1]);
    const most = coloursOf(Uint32Array.of(2 ** 32 - 1, 0, 2 ** 31).buffer, {
      Kind: Uint32Array,
      bitsStored: 32,
      byPlane: false,
    });
    expect([...most.drawn]).toEqual([255, 0, 128]);
  });

  it("are put pixel after pixel where they were stored plane after plane", () => {
    const deep = deepOf("deep");
    const image = deep && deepImage("deep", Uint16Array.of(100, 101, 200, 201, 300, 301).buffer, deep);
    expect(storedColour(image ?? undefined, 0, 0)).toEqual([100, 200, 300]);
    expect(storedColour(image ?? undefined, 1, 0)).toEqual([101, 201, 301]);
    expect(image?.voxelManager?.getAtIJK(1, 0, 0)).toEqual([6, 12, 18]);
  });

  it("are not those of bytes", () => {
    modules["imagePixelModule"] = { photometricInterpretation: "RGB", bitsAllocated: 8 };
    expect(deepOf("deep")).toBeNull();
    expect(storedColour(undefined, 0, 0)).toBeNull();
  });
});
