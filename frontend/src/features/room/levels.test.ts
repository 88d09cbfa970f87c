import { beforeEach, describe, expect, it } from "vitest";

import { FIRST_SETTINGS, type EditSettings, type Range, type Viewer } from "@/imaging";

import { firstLevels, fitLevels, scaleOf } from "./levels";
import { setSettings } from "./segmentCommands";
import { firstSegment, useSegment } from "./segmentStore";

/** A viewer of which only the window and the settings are asked. */
function viewerWith(window: Range | null): { viewer: Viewer; taken: EditSettings[] } {
  const taken: EditSettings[] = [];
  const viewer = {
    display: { look: () => ({ window }) },
    setEditSettings: (settings: EditSettings) => taken.push(settings),
  };
  return { viewer: viewer as unknown as Viewer, taken };
}

beforeEach(() => useSegment.setState(firstSegment));

describe("grey levels of the marking tools", () => {
  it("are the same in HU and in SUV, whatever the window", () => {
    const { threshold, fill } = FIRST_SETTINGS;
    const hu = { threshold: threshold.range, brush: threshold.tolerance, fill: fill.tolerance, rules: null, step: 1 };
    expect(firstLevels("HU", { lower: -1000, upper: 3000 })).toEqual(hu);
    expect(firstLevels("SUVbw", null)).toMatchObject({ threshold: { lower: 4 }, brush: 1, fill: 1, step: 0.1 });
    expect(scaleOf("SUVbw", "1.2")).toBe(scaleOf("SUVlbm", "1.3"));
  });

  it("follow the window where values have no standard unit", () => {
    const mr = firstLevels("", { lower: 0, upper: 800 });
    expect(mr).toEqual({ threshold: { lower: 400, upper: 1600 }, brush: 100, fill: 100, rules: null, step: 10 });
    const activity = firstLevels("BQML", { lower: 0, upper: 30_000 });
    expect(activity).toMatchObject({ threshold: { lower: 15_000, upper: 60_000 }, fill: 5000, step: 100 });
    const fractions = firstLevels("mm2/s", { lower: 0.0002, upper: 0.0018 });
    expect(fractions).toMatchObject({ threshold: { lower: 0.001, upper: 0.0034 }, fill: 0.0002, step: 0.00001 });
    expect(firstLevels("", null)).toBeNull();
    expect(scaleOf("", "1.2")).not.toBe(scaleOf("", "1.3"));
  });

  it("come back with the scale on which a person set them, and no range of one scale binds on another", () => {
    const { viewer, taken } = viewerWith({ lower: 0, upper: 800 });
    setSettings(null, "fill", { tolerance: 30 });
    setSettings(null, "rules", { range: { lower: 90, upper: 130 } });
    fitLevels(viewer, "HU", "1.1");
    expect(taken).toEqual([]);
    fitLevels(viewer, "", "1.2");
    expect(taken.at(-1)?.fill.tolerance).toBe(100);
    expect(taken.at(-1)?.rules.range).toBeNull();
    setSettings(null, "fill", { tolerance: 70 });
    fitLevels(viewer, "", "1.2");
    expect(useSegment.getState().settings.fill.tolerance).toBe(70);
    fitLevels(viewer, "HU", "1.3");
    expect(taken.at(-1)?.fill.tolerance).toBe(30);
    expect(taken.at(-1)?.rules.range).toEqual({ lower: 90, upper: 130 });
    expect(useSegment.getState().step).toBe(1);
    fitLevels(viewer, "", "1.2");
    expect(taken.at(-1)?.fill.tolerance).toBe(70);
  });

  it("wait for a window", () => {
    const early = viewerWith(null);
    fitLevels(early.viewer, "", "1.2");
    expect(early.taken).toEqual([]);
    fitLevels(viewerWith({ lower: 0, upper: 80 }).viewer, "", "1.2");
    expect(useSegment.getState().settings.fill.tolerance).toBe(10);
  });
});
