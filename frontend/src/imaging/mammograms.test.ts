import { describe, expect, it } from "vitest";

import { chestWallOf, mammogramOf } from "./mammograms";

const cs = (...Value: string[]) => ({ vr: "CS", Value });
const image = { "00080018": cs("1.2"), "00080060": cs("MG"), "00200062": cs("R"), "00185101": cs("MLO") };

describe("mammograms", () => {
  it("say side and view, by word or code", () => {
    expect(mammogramOf(image)).toEqual({ sop: "1.2", side: "R", view: "MLO" });
    const coded = { Value: [{ "00080100": { vr: "SH", Value: ["R-10242"] } }] };
    expect(mammogramOf({ ...image, "00185101": undefined, "00540220": coded })?.view).toBe("CC");
    expect(mammogramOf({ ...image, "00185101": cs("ML"), "00540220": coded })).toBeNull();
    expect(mammogramOf({ ...image, "00080060": cs("DX") })).toBeNull();
    const shared = { Value: [{ "00209071": { Value: [{ "00209072": cs("L") }] } }] };
    expect(mammogramOf({ ...image, "00200062": undefined, "52009229": shared })?.side).toBe("L");
  });

  it("have their chest wall at the other breast, whichever way the file lies", () => {
    expect(chestWallOf({ ...image, "00200020": cs("P", "FL") })).toEqual({ edge: "right", columns: "last" });
    expect(chestWallOf({ ...image, "00200020": cs("A", "F") })).toEqual({ edge: "right", columns: "first" });
    expect(chestWallOf({ ...image, "00200062": cs("L"), "00200020": cs("A", "FR") })).toEqual({
      edge: "left",
      columns: "first",
    });
    expect(chestWallOf(image)).toBeNull();
  });
});
