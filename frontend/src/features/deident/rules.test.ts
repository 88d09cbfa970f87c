import { describe, expect, it } from "vitest";

import { datesOf, isWholeTag, withDates, withOption } from "./rules";

describe("dates", () => {
  it("are removed, shifted or kept, never two of them", () => {
    expect(datesOf([])).toBe("removed");
    const shifted = withDates(["clean_pixels", "retain_full_dates"], "shifted");
    expect(shifted).toEqual(["clean_pixels", "retain_modified_dates"]);
    expect(datesOf(shifted)).toBe("shifted");
    expect(datesOf(withDates(shifted, "kept"))).toBe("kept");
    expect(withDates(shifted, "removed")).toEqual(["clean_pixels"]);
  });
});

describe("withOption", () => {
  it("switches one option, once", () => {
    expect(withOption(["retain_uids", "clean_pixels"], "retain_uids", true)).toEqual(["clean_pixels", "retain_uids"]);
    expect(withOption(["retain_uids", "clean_pixels"], "retain_uids", false)).toEqual(["clean_pixels"]);
  });
});

describe("isWholeTag", () => {
  it.each([
    ["SIEMENS MR HEADER", "0019", "0C", true],
    ["SIEMENS MR HEADER", "0019", "C", true],
    ["", "0019", "0C", false],
    ["A", "0018", "0C", false],
    ["A", "19", "0C", false],
    ["A", "0019", "10C", false],
    ["A", "0019", "zz", false],
  ])("takes %s (%s,xx%s): %s", (creator, group, element, whole) =>
    expect(isWholeTag({ creator, group, element })).toBe(whole),
  );
});
