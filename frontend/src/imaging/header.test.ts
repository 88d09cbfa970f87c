import { describe, expect, it } from "vitest";

import { acquisitionLines, fileWindows, frameRate, tagsOf } from "./header";
import { understood } from "./source";

const instance = {
  "00281050": { vr: "DS", Value: [40, -600] },
  "00281051": { vr: "DS", Value: [400, 1500] },
  "00281055": { vr: "LO", Value: ["SOFT", "LUNG"] },
  "00180050": { vr: "DS", Value: [2.5] },
  "00100010": { vr: "PN", Value: [{ Alphabetic: "Doe^Jane" }] },
  "00081140": {
    vr: "SQ",
    Value: [{ "00081155": { vr: "UI", Value: ["1.2"] }, "00100020": { vr: "LO", Value: ["X"] } }],
  },
};

describe("the header", () => {
  it("brings windows with names", () => {
    expect(fileWindows(instance)).toEqual([
      { name: "SOFT", range: { lower: -160, upper: 240 }, curve: null },
      { name: "LUNG", range: { lower: -1350, upper: 150 }, curve: null },
    ]);
    expect(fileWindows({ "00281050": { Value: [40] } })).toEqual([]);
    expect(fileWindows({ "00281050": { Value: [40] }, "00281051": { Value: [0] } })).toEqual([]);
  });

  it("brings windows with a curve: sigmoid functions, then tables", () => {
    const table = {
      "00283002": { Value: [3, 10, 8] },
      "00283003": { Value: ["OWN"] },
      "00283006": { Value: [0, 9, 255] },
    };
    const found = fileWindows({ ...instance, "00281056": { Value: ["SIGMOID"] }, "00283010": { Value: [table] } });
    expect(found.map(({ name, range, curve }) => [name, range.lower, range.upper, curve?.spread])).toEqual([
      ["SOFT", -760, 840, 4],
      ["LUNG", -3600, 2400, 4],
      ["OWN", 10, 12, 1],
    ]);
  });

  it("tells the frame rate in three ways", () => {
    expect(frameRate({ "00181063": { Value: [40] } })).toBe(25);
    expect(frameRate({ "00181063": { Value: [40] }, "00180040": { Value: [15] } })).toBe(15);
    expect(frameRate({ "00082144": { Value: [30] }, "00180040": { Value: [15] } })).toBe(30);
    expect(frameRate({})).toBeNull();
  });

  it("is a table without the patient, sequences unfolded", () => {
    const tags = tagsOf(instance);
    expect(tags.map(({ tag, depth }) => [tag, depth])).toEqual([
      ["00081140", 0],
      ["00081155", 1],
      ["00180050", 0],
      ["00281050", 0],
      ["00281051", 0],
      ["00281055", 0],
    ]);
    expect(JSON.stringify(tags)).not.toContain("Doe");
    expect(tags.find(({ tag }) => tag === "00281050")?.value).toBe("40 \\ -600");
  });

  it("says how an image was made", () => {
    expect(acquisitionLines(instance)).toEqual(["2.5 mm"]);
  });
});

describe("windows of enhanced images", () => {
  const voi = { "00281050": { Value: [40] }, "00281051": { Value: [400] }, "00281056": { Value: ["LINEAR"] } };
  const group = (windows: object) => ({ Value: [{ "00289132": { Value: [windows] } }] });

  it("stand in the functional groups, of all frames or of each", () => {
    const wanted = [{ name: "", range: { lower: -160, upper: 240 }, curve: null }];
    expect(fileWindows({ "52009229": group(voi) })).toEqual(wanted);
    expect(fileWindows({ "52009229": { Value: [{}] }, "52009230": group(voi) })).toEqual(wanted);
    expect(fileWindows({ "52009230": { Value: [{}] } })).toEqual([]);
    const top = { "00281050": { Value: [50] }, "00281051": { Value: [100] } };
    expect(fileWindows({ ...top, "52009229": group(voi) })[0]?.range).toEqual({ lower: 0, upper: 100 });
  });

  it("are those of the frame before those of all", () => {
    const other = { "00281050": { Value: [10] }, "00281051": { Value: [20] } };
    const own = { Value: [{ "00289132": { Value: [voi] } }, { "00289132": { Value: [other] } }] };
    const header = { "52009229": group({ "00281050": { Value: [0] }, "00281051": { Value: [2] } }), "52009230": own };
    expect([1, 2, 3].map((frame) => fileWindows(header, frame)[0]?.range.upper)).toEqual([240, 20, 1]);
  });

  it("reach Cornerstone without the name of their function", () => {
    const told = understood({ "52009229": group(voi), "00281056": { Value: ["LINEAR"] } });
    expect(JSON.stringify(told)).not.toContain("00281056");
    expect(JSON.stringify(told)).toContain('"00281050":{"Value":[40]}');
  });
});
