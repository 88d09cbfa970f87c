import { metaData } from "@cornerstonejs/core";
import { describe, expect, it } from "vitest";

import { valuesOf, wideOf } from "./fractions";
import { fit } from "./onePiece";

describe("valuesOf", () => {
  it("scales numbers that are larger than the values they become", () => {
    const { values, min, max } = valuesOf(Int16Array.of(0, 1, 2000), { slope: 0.035, intercept: 0 });
    expect([...values].map((value) => Math.round(value * 1000) / 1000)).toEqual([0, 0.035, 70]);
    expect(min).toBe(0);
    expect(max).toBeCloseTo(70);
  });
});

describe("fit", () => {
  it("rounds, and stops at the ends of what the array can hold", () => {
    const place = new Int16Array(4);
    fit([-81_900, 1.6, 81_900, -2], place);
    expect([...place]).toEqual([-32_768, 2, 32_767, -2]);
  });

  it("keeps fractions where there is room for them", () => {
    const place = new Float32Array(2);
    fit([0.5, 70_000], place);
    expect([...place]).toEqual([0.5, 70_000]);
  });
});

describe("wideOf", () => {
  const modules: Record<string, Record<string, unknown>> = {};
  metaData.addProvider((type: string, imageId: string) => (imageId === "wide" ? modules[type] : undefined), 30_000);

  it("tells floats from whole numbers of 32 bits", () => {
    modules["imagePixelModule"] = { bitsAllocated: 32 };
    expect(Array.from(wideOf("wide")?.numbers(Float32Array.of(0.5).buffer) ?? [])).toEqual([0.5]);
    modules["imagePixelModule"] = { bitsAllocated: 32, bitsStored: 32, pixelRepresentation: 0 };
    expect(Array.from(wideOf("wide")?.numbers(Uint32Array.of(4_000_000_000).buffer) ?? [])).toEqual([4_000_000_000]);
    modules["imagePixelModule"] = { bitsAllocated: 64 };
    expect(Array.from(wideOf("wide")?.numbers(Float64Array.of(0.1).buffer) ?? [])).toEqual([0.1]);
    modules["imagePixelModule"] = { bitsAllocated: 16, bitsStored: 12 };
    expect(wideOf("wide")).toBeNull();
  });

  it("scales a dose by its grid", () => {
    modules["imagePixelModule"] = { bitsAllocated: 32, bitsStored: 32, pixelRepresentation: 0 };
    modules["generalSeriesModule"] = { modality: "RTDOSE" };
    modules["scalingModule"] = { DoseGridScaling: 0.001 };
    expect(wideOf("wide")?.line).toEqual({ slope: 0.001, intercept: 0 });
  });
});
