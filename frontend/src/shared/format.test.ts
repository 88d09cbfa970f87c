import { describe, expect, it } from "vitest";

import {
  durationParts,
  formatBytes,
  formatDicomDate,
  formatFigure,
  formatMoment,
  formatShare,
  secondsLeft,
} from "./format";

describe("formatBytes", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.00 kB"],
    [15_432, "15.4 kB"],
    [1_540_000, "1.54 MB"],
    [105_000_000, "105 MB"],
  ])("says %i as %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe("figures", () => {
  it("shows what is undefined as a dash, never as zero", () => {
    expect(formatFigure(null)).toBe("–");
    expect(formatFigure(undefined)).toBe("–");
    expect(formatFigure(Number.NaN)).toBe("–");
    expect(formatFigure(0, 3)).toBe("0.000");
  });

  it("says shares, dates and moments", () => {
    expect(formatShare(0.954)).toBe("95 %");
    expect(formatDicomDate("20190307")).toBe("2019-03-07");
    expect(formatDicomDate("unknown")).toBe("unknown");
    expect(formatMoment(null)).toBe("–");
    expect(formatMoment("not a date")).toBe("–");
  });
});

describe("time left", () => {
  const start = "2026-01-01T00:00:00Z";
  const at = (seconds: number) => new Date(start).getTime() + seconds * 1000;

  it("is what the present pace gives", () => {
    expect(secondsLeft(start, 0.25, at(30))).toBeCloseTo(90);
  });

  it("is not said before there is a pace, nor at the end", () => {
    expect(secondsLeft(start, 0.01, at(30))).toBeNull();
    expect(secondsLeft(start, 1, at(30))).toBeNull();
    expect(secondsLeft(null, 0.5, at(30))).toBeNull();
  });

  it("is said in the unit that fits", () => {
    expect(durationParts(0.2)).toEqual({ unit: "seconds", n: 1 });
    expect(durationParts(89)).toEqual({ unit: "seconds", n: 89 });
    expect(durationParts(150)).toEqual({ unit: "minutes", n: 3 });
    expect(durationParts(7200)).toEqual({ unit: "hours", n: 2 });
  });
});
