import { describe, expect, it } from "vitest";

import { forgetWindow, keepWindow, readWindows, useOwnWindows } from "./ownWindows";

const lung = { name: "mine", modality: "CT", range: { lower: -1000, upper: 200 } };

describe("own windows", () => {
  it("survive what the browser's storage may hold", () => {
    expect(readWindows(null)).toEqual([]);
    expect(readWindows("not JSON")).toEqual([]);
    expect(readWindows('{"a": 1}')).toEqual([]);
    expect(readWindows(JSON.stringify([lung, null, { name: "x" }, { ...lung, range: {} }]))).toEqual([lung]);
  });

  it("are replaced by name and modality, and forgotten", () => {
    keepWindow(lung);
    keepWindow({ ...lung, modality: "MR" });
    keepWindow({ ...lung, range: { lower: 0, upper: 1 } });
    const { windows } = useOwnWindows.getState();
    expect(windows.map(({ modality, range }) => [modality, range.upper])).toEqual([
      ["MR", 200],
      ["CT", 1],
    ]);
    expect(readWindows(localStorage.getItem("fiducial.windows"))).toEqual(windows);
    windows.forEach(forgetWindow);
    expect(useOwnWindows.getState().windows).toEqual([]);
  });
});
