import { metaData } from "@cornerstonejs/core";
import { describe, expect, it } from "vitest";

import { DECODED, frameHeaders, speedOf } from "./transfer";

describe("speedOf", () => {
  it("knows nothing before the first transfer", () => {
    expect(speedOf([])).toBeNull();
  });

  it("counts time in which several came at once only once, and pauses not at all", () => {
    const megabyte = 1_000_000;
    // 3 MB in 400 ms: two side by side, then a pause, then one.
    const transfers = [
      { bytes: megabyte, begin: 1000, end: 1200 },
      { bytes: megabyte, begin: 0, end: 200 },
      { bytes: megabyte, begin: 100, end: 200 },
    ];
    expect(speedOf(transfers)).toBeCloseTo(60);
  });
});

it("asks for frames decoded that the browser's decoders read wrongly", () => {
  const asked = (transferSyntaxUID: string, photometricInterpretation: string) => {
    const modules: Readonly<Record<string, object>> = {
      transferSyntax: { transferSyntaxUID },
      imagePixelModule: { photometricInterpretation },
    };
    const provider = (type: string) => modules[type];
    metaData.addProvider(provider, 30_000);
    const { accept } = frameHeaders("wadors:one");
    metaData.removeProvider(provider);
    return accept === DECODED;
  };
  expect(asked("1.2.840.10008.1.2.4.80", "RGB")).toBe(true);
  expect(asked("1.2.840.10008.1.2.4.81", "RGB")).toBe(true);
  expect(asked("1.2.840.10008.1.2.4.50", "RGB")).toBe(true);
  for (const process of ["51", "53", "55", "90", "91", "201"]) {
    expect(asked(`1.2.840.10008.1.2.4.${process}`, "MONOCHROME2")).toBe(true);
  }
  expect(asked("1.2.840.10008.1.2.4.80", "MONOCHROME2")).toBe(false);
  expect(asked("1.2.840.10008.1.2.4.50", "YBR_FULL_422")).toBe(false);
});
