import { describe, expect, it } from "vitest";

import { withTables } from "./palette";
import { tableOf } from "./tables";

const base64 = (...bytes: number[]) => btoa(String.fromCharCode(...bytes));

describe("colour tables", () => {
  it("are words of 16 bits, little endian, or bytes", () => {
    expect(tableOf(base64(0, 0, 0, 2, 0xff, 0xff), 3)).toEqual([0, 0x200, 0xffff]);
    expect(tableOf(base64(1, 2, 3, 0), 3)).toEqual([1, 2, 3]);
  });

  it("replace the base64 of an instance, and nothing else", () => {
    const instance = {
      "00281101": { vr: "US", Value: [2, 0, 16] },
      "00281201": { vr: "OW", InlineBinary: base64(0, 1, 0, 2) },
      "00281202": { vr: "OW", Value: [5] },
      "00280010": { vr: "US", Value: [1] },
    };
    const result = withTables(instance);
    expect(result["00281201"]).toEqual({ vr: "OW", Value: [256, 512] });
    expect(result["00281202"]).toBe(instance["00281202"]);
    expect(result["00280010"]).toBe(instance["00280010"]);
  });
});
