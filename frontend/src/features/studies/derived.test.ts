import { describe, expect, it } from "vitest";

import { factsOf, groupsOf, linesOf, regionsOf, segmentsOf, type Derived } from "./derived";

const derived = (links: Derived["links"], summary: Derived["summary"]): Derived => ({
  sop_instance_uid: "1",
  series_uid: "2",
  kind: "structures",
  label: "",
  volume_ml: null,
  findings: [],
  links,
  summary,
});

describe("segmentsOf", () => {
  it("takes colour, type and volume, and leaves open what is not said", () => {
    const [liver, other] = segmentsOf({
      segments: [
        {
          number: 3,
          label: "liver",
          type: { value: "10200004", scheme: "SCT", meaning: "Liver" },
          site: "Right",
          colour_lab: [65_535, 32_896, 32_896],
          frames: 12,
          voxels: 100,
          volume_ml: 81.6,
        },
        { number: 4, volume_ml: null },
      ],
    });
    expect(liver).toMatchObject({ number: 3, type: "Liver, Right", colour: "#ffffff", planes: 12, volumeMl: 81.6 });
    expect(other).toMatchObject({ label: "", volumeMl: null, voxels: null });
  });

  it("is empty for what is no list", () => expect(segmentsOf({ segments: "damaged" })).toEqual([]));
});

describe("regionsOf", () => {
  it("joins names with what was measured on the images of the series", () => {
    const link = (series_uid: string, volume_ml: number) => ({
      series_uid,
      how: "by_geometry" as const,
      matched: 16,
      referenced: 16,
      rois: [{ number: 7, voxels: 10, planes: 16, volume_ml }],
    });
    const summary = { rois: [{ number: 7, name: "GTV", type: "GTV", colour_rgb: [255, 0, 0], contours: 16 }] };
    const one = derived([link("ct", 53.3), link("pet", 54.28)], summary);
    expect(regionsOf(one, "pet")[0]).toMatchObject({ label: "GTV", colour: "#ff0000", volumeMl: 54.28, planes: 16 });
    expect(regionsOf(one, "ct")[0]?.volumeMl).toBe(53.3);
  });
});

describe("groupsOf", () => {
  it("reads measurements with their units", () => {
    const summary = {
      groups: [
        {
          tracking_id: "Lesion 1",
          finding: "Mass",
          site: "Liver",
          measurements: [
            { name: "Mean", value: 42.5, unit: { value: "[hnsf'U]", meaning: "Hounsfield unit" }, derivation: "Mean" },
            { name: "Count", value: 3, unit: { value: "1" } },
            { name: "Length", value: null, missing: "Not measured" },
            { name: "Uptake", value: 6.01, unit: { value: "{SUVbw}g/ml" } },
            { name: "Volume", value: 33.58, unit: { value: "ml" } },
          ],
        },
      ],
    };
    const [group] = groupsOf(summary);
    expect(group?.title).toBe("Lesion 1 · Mass");
    expect(group?.measurements.map(({ unit }) => unit)).toEqual(["HU", "", "", "SUVbw", "mL"]);
    expect(group?.measurements[2]).toMatchObject({ value: null, missing: "Not measured" });
  });
});

describe("linesOf and factsOf", () => {
  it("say what is there and pass over what is empty", () => {
    expect(linesOf({ lines: [{ level: 1, name: "Finding", value: "None" }, 3] })).toEqual([
      { level: 1, name: "Finding", value: "None" },
    ]);
    expect(
      factsOf({ name: "State", rotation: 90, mirrored: false, voi: [{ centre: 40, width: 400 }], texts: [] }),
    ).toEqual([
      { name: "name", value: "State" },
      { name: "rotation", value: "90" },
      { name: "voi", value: "centre 40, width 400" },
    ]);
  });
});
