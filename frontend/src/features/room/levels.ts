/** Grey levels of the marking tools: a tolerance of 50 is little in HU, and all there is in SUV. */

import type { Range, Viewer } from "@/imaging";

import { useSegment, type GreyLevels } from "./segmentStore";

/** HU and SUV mean the same in every series; other values only what they mean in theirs. */
const STANDARD: readonly (readonly [start: string, levels: GreyLevels])[] = [
  ["HU", { threshold: { lower: 0, upper: 200 }, brush: 50, fill: 50, rules: null, step: 1 }],
  ["SUV", { threshold: { lower: 4, upper: 100 }, brush: 1, fill: 1, rules: null, step: 0.1 }],
];

/** The name of the scale that values are on: its unit where that is a standard one, else the series itself. */
export function scaleOf(unit: string, seriesUid: string): string {
  return STANDARD.find(([start]) => unit.startsWith(start))?.[0] ?? seriesUid;
}

/**
 * What the tools begin with on a scale. Without a standard unit it follows the window in which the series is first
 * seen: a tolerance of an eighth of its width, and what is brighter than its middle. Null while there is no window.
 */
export function firstLevels(unit: string, window: Range | null): GreyLevels | null {
  const standard = STANDARD.find(([start]) => unit.startsWith(start))?.[1];
  if (standard || !window || !(window.upper > window.lower)) {
    return standard ?? null;
  }
  const width = window.upper - window.lower;
  const tolerance = roundNumber(width / 8);
  const step = 10 ** (Math.floor(Math.log10(tolerance) + 1e-9) - 1);
  const onStep = (value: number) => Number((Math.round(value / step) * step).toPrecision(12));
  const threshold = { lower: onStep(window.lower + width / 2), upper: onStep(window.upper + width) };
  return { threshold, brush: tolerance, fill: tolerance, rules: null, step: Number(step.toPrecision(3)) };
}

/** The nearest of 1, 2 or 5 times a power of ten, by ratio. */
function roundNumber(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const share = value / power;
  const digit = share < Math.SQRT2 ? 1 : share < Math.sqrt(10) ? 2 : share < Math.sqrt(50) ? 5 : 10;
  return Number((digit * power).toPrecision(3));
}

/** Values of another scale are open: give the tools the levels last used on it, or the first ones for it. */
export function fitLevels(viewer: Viewer, unit: string, seriesUid: string): void {
  const { settings, scale, step, levels } = useSegment.getState();
  const next = scaleOf(unit, seriesUid);
  const found = next === scale ? null : (levels.get(next) ?? firstLevels(unit, viewer.display.look("main").window));
  if (!found) {
    return;
  }
  const { threshold, fill, rules } = settings;
  const used: GreyLevels = {
    threshold: threshold.range,
    brush: threshold.tolerance,
    fill: fill.tolerance,
    rules: rules.range,
    step,
  };
  const fitting = {
    ...settings,
    threshold: { ...threshold, range: found.threshold, tolerance: found.brush },
    fill: { ...fill, tolerance: found.fill },
    rules: { ...rules, range: found.rules },
  };
  useSegment.setState({
    settings: fitting,
    scale: next,
    step: found.step,
    levels: new Map(levels).set(scale, used),
  });
  viewer.setEditSettings(fitting);
}
