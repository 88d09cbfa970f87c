import { deflateSync, inflateSync } from "node:zlib";

import { describe, expect, it } from "vitest";

import { fromBase64, fromWire, newId, packFrame, toBase64, toWire, unpackFrame } from "./codec";

const mask = (labels: Uint8Array, rows = 3, columns = 4) => ({
  sop: "1.2.3",
  frame: 2,
  layer: 0,
  rows,
  columns,
  labels,
});

describe("frames", () => {
  it("are packed as zlib that another library reads", async () => {
    const labels = Uint8Array.from({ length: 12 }, (_, at) => at % 3);
    const packed = await packFrame(mask(labels));
    expect(new Uint8Array(inflateSync(packed.data))).toEqual(labels);
    expect((await unpackFrame(packed)).labels).toEqual(labels);
  });

  it("are unpacked from zlib that another library wrote", async () => {
    const labels = Uint8Array.from({ length: 12 }, (_, at) => at);
    const data = new Uint8Array(deflateSync(labels));
    expect((await unpackFrame({ ...mask(labels), data })).labels).toEqual(labels);
  });

  it("hold nothing at all when empty", async () => {
    const packed = await packFrame(mask(new Uint8Array(12)));
    expect(packed.data.length).toBe(0);
    expect(toWire(packed).data).toBe("");
    expect((await unpackFrame(packed)).labels).toEqual(new Uint8Array(12));
  });

  it("are not empty wherever their one voxel lies", async () => {
    for (let at = 0; at < 11; at += 1) {
      const labels = new Uint8Array(11);
      labels[at] = 1;
      expect((await packFrame(mask(labels, 1, 11))).data.length).toBeGreaterThan(0);
    }
  });

  it("of the wrong size are refused", async () => {
    const data = new Uint8Array(deflateSync(new Uint8Array(11).fill(1)));
    await expect(unpackFrame({ ...mask(new Uint8Array(12)), data })).rejects.toThrow(RangeError);
  });

  it("go over the wire and back", async () => {
    const packed = await packFrame(mask(Uint8Array.from({ length: 12 }, () => 200)));
    expect(fromWire(JSON.parse(JSON.stringify(toWire(packed))))).toEqual(packed);
  });
});

describe("base64", () => {
  it("matches the platform's own, beyond one chunk too", () => {
    const bytes = Uint8Array.from({ length: 100_003 }, (_, at) => (at * 31) % 256);
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
    expect(fromBase64(toBase64(bytes))).toEqual(bytes);
  });
});

describe("newId", () => {
  it("is a UUID of version 4 each time", () => {
    const ids = Array.from({ length: 50 }, newId);
    ids.forEach((id) => expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/));
    expect(new Set(ids).size).toBe(50);
  });
});
