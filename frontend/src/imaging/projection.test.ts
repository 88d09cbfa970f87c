import { describe, expect, it } from "vitest";

import { isAtDetector, isInverse, withSpacing } from "./projection";

const has = (values: Readonly<Record<string, readonly unknown[]>>) =>
  Object.fromEntries(Object.entries(values).map(([tag, Value]) => [tag, { Value }]));

describe("projection images", () => {
  it("are inverse as their Presentation LUT Shape says, else as their photometric interpretation", () => {
    expect(isInverse(has({ "00280004": ["MONOCHROME1"] }))).toBe(true);
    expect(isInverse(has({ "00280004": ["MONOCHROME2"] }))).toBe(false);
    expect(isInverse(has({ "00280004": ["MONOCHROME1"], "20500020": ["IDENTITY"] }))).toBe(false);
    expect(isInverse(has({ "00280004": ["MONOCHROME1"], "20500020": ["INVERSE"] }))).toBe(true);
  });

  it("have the spacing of the detector where they say no other, less the magnification", () => {
    const detector = has({ "00181164": [0.1, 0.1] });
    expect(withSpacing(detector)["00280030"]?.Value).toEqual([0.1, 0.1]);
    expect(isAtDetector(detector)).toBe(true);
    const magnified = has({ "00181164": [0.1, 0.1], "00181114": [1.25] });
    expect(withSpacing(magnified)["00280030"]?.Value).toEqual([0.08, 0.08]);
    expect(isAtDetector(magnified)).toBe(false);
    const calibrated = has({ "00181164": [0.1, 0.1], "00280030": [0.07, 0.07] });
    expect(withSpacing(calibrated)).toBe(calibrated);
    expect(isAtDetector(calibrated)).toBe(false);
    expect(isAtDetector(has({ "00280030": [0.7, 0.7] }))).toBe(false);
  });
});
