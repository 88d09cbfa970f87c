import { describe, expect, it } from "vitest";

import { LAYOUT_NAMES, LAYOUTS, maximised, needsVolume, slotsOf } from "./layouts";

describe("layouts", () => {
  it.each(LAYOUT_NAMES)("%s gives every pane one area and one name", (name) => {
    const { areas, panes } = LAYOUTS[name];
    const used = new Set(areas.flatMap((row) => row.split(" ")));
    expect([...used].sort()).toEqual(panes.map((_, index) => "abcd"[index]));
    expect(new Set(panes.map(({ id }) => id)).size).toBe(panes.length);
    expect(new Set(areas.map((row) => row.split(" ").length)).size).toBe(1);
  });

  it("say which series they show", () => {
    expect([...slotsOf(LAYOUTS.fusion)].sort()).toEqual(["main", "second"]);
    expect([...slotsOf(LAYOUTS.priors)]).toEqual(["main", "prior"]);
  });

  it("need a volume when they cut planes", () => {
    expect(needsVolume(LAYOUTS.mpr)).toBe(true);
    expect(needsVolume(LAYOUTS.four)).toBe(false);
  });

  it("show one pane alone when it is maximised", () => {
    const alone = maximised(LAYOUTS.mpr, "coronal");
    expect(alone.panes.map(({ id }) => id)).toEqual(["coronal"]);
    expect(maximised(LAYOUTS.mpr, "unknown")).toBe(LAYOUTS.mpr);
  });
});
