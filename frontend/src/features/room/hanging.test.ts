import { describe, expect, it } from "vitest";

import { LAYOUTS } from "@/imaging/layouts";

import { hangMammograms, ruleFor, slotsFor, type HangingRule } from "./hanging";
import { fillSlots, type Series } from "./series";

const series = (uid: string, modality: string, description: string, study = "1"): Series => ({
  series_uid: uid,
  study_uid: study,
  modality,
  description,
  body_part: modality === "CT" ? "CHEST" : "",
  frame_of_reference_uid: "",
  frame_count: 10,
  volumes: [],
});
const rule = (part: Partial<HangingRule>): HangingRule => ({
  name: "rule",
  layout: "mpr",
  modality: "",
  body_part: "",
  description: "",
  priors: 0,
  slots: [],
  ...part,
});

const reading = {
  series: [series("a", "MR", "T2 axial"), series("b", "CT", "Thorax venous"), series("c", "PT", "FDG")],
  priors: [
    { series: series("p", "CT", "Thorax", "0"), days_before: 90, own_reading: null },
    { series: series("q", "MR", "T2", "0"), days_before: 90, own_reading: null },
  ],
};

describe("hanging rules", () => {
  it("count in order, and the first that fits decides", () => {
    const found = ruleFor([rule({ modality: "US" }), rule({ name: "ct", modality: "CT" }), rule({})], reading);
    expect([found?.rule.name, found?.main.series_uid]).toEqual(["ct", "b"]);
    expect(ruleFor([rule({ modality: "US" })], reading)).toBeNull();
  });

  it("ask for body part, a part of the description, and the number of prior studies", () => {
    expect(ruleFor([rule({ body_part: "chest", description: "VENOUS" })], reading)?.main.series_uid).toBe("b");
    expect(ruleFor([rule({ priors: 2 })], reading)).toBeNull();
    expect(ruleFor([rule({ priors: 1 })], reading)?.main.series_uid).toBe("a");
  });

  it("put series into slots, each once, the prior from the priors alone", () => {
    const found = { rule: rule({ layout: "priors", slots: [{ slot: "prior", modality: "CT", description: "" }] }) };
    const [, ct] = reading.series;
    const slots = slotsFor({ ...found, main: ct as Series }, reading);
    expect([...slots].map(([slot, { seriesUid }]) => [slot, seriesUid])).toEqual([
      ["main", "b"],
      ["prior", "p"],
    ]);
  });
});

describe("empty slots", () => {
  it("take the series that are not shown yet", () => {
    const filled = fillSlots(LAYOUTS.four, reading, { seriesUid: "b", beside: {} });
    expect(filled.map(([slot, { seriesUid }]) => [slot, seriesUid])).toEqual([
      ["second", "a"],
      ["third", "c"],
    ]);
  });

  it("take a prior of the same modality", () => {
    const filled = fillSlots(LAYOUTS.priors, reading, { seriesUid: "b", beside: {} });
    expect(filled.map(([slot, { seriesUid }]) => [slot, seriesUid])).toEqual([["prior", "p"]]);
  });

  it("take the PET over the CT, whatever was there", () => {
    const beside = { second: { seriesUid: "a", volumeIndex: 0 } };
    const filled = fillSlots(LAYOUTS.fusion, reading, { seriesUid: "b", beside });
    expect(filled.map(([slot, { seriesUid }]) => [slot, seriesUid])).toEqual([["second", "c"]]);
  });
});

describe("mammograms", () => {
  const image = (side: "R" | "L", view: "CC" | "MLO") => ({ side, view, sop: `${side}${view}`, seriesUid: view });
  const hung = (...images: ReturnType<typeof image>[]) => {
    const found = hangMammograms(images);
    return found && [found.layout, [...found.slots].map(([slot, { sop }]) => `${slot} ${sop}`)];
  };

  it("hang right beside left, CC above MLO, in whatever order they come", () => {
    const four = [image("L", "MLO"), image("L", "CC"), image("R", "MLO"), image("R", "CC")];
    expect(hung(...four)).toEqual(["four", ["main RCC", "second LCC", "third RMLO", "fourth LMLO"]]);
    expect(hung(image("L", "MLO"), image("R", "MLO"), image("R", "CC"))).toEqual([
      "sideBySide",
      ["main RMLO", "second LMLO"],
    ]);
    expect(hung(image("L", "MLO"), image("R", "CC"))).toBeNull();
  });
});
