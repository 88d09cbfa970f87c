import { describe, expect, it, vi } from "vitest";

import { addressOf, fetchTogether, framesAtOnce, partsOf, takeArriving } from "./together";

const BOUNDARY = "b0undary";
const TYPE = "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1";
const FRAMES = [Uint8Array.of(13, 10, 45, 45), Uint8Array.of(1, 2, 3, 4), Uint8Array.of(0, 0, 13, 10)];

function bodyOf(frames: readonly Uint8Array[], type = TYPE): Uint8Array {
  const encoder = new TextEncoder();
  const head = encoder.encode(`\r\n--${BOUNDARY}\r\nContent-Type: ${type}\r\nContent-Location: /a\r\n\r\n`);
  const pieces = [...frames.flatMap((frame) => [head, frame]), encoder.encode(`\r\n--${BOUNDARY}--\r\n`)];
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}

function streamOf(bytes: Uint8Array, sizes: number): ReadableStream<Uint8Array> {
  const count = Math.ceil(bytes.length / sizes);
  const chunks = Array.from({ length: count }, (_, at) => bytes.slice(at * sizes, (at + 1) * sizes));
  return new ReadableStream({
    start(controller) {
      chunks.forEach((chunk) => controller.enqueue(chunk));
      controller.close();
    },
  });
}

async function read(bytes: Uint8Array, sizes = 7, size = 4): Promise<number[][]> {
  const found: number[][] = [];
  for await (const part of partsOf(streamOf(bytes, sizes), BOUNDARY, size)) {
    found.push([...new Uint8Array(part)]);
  }
  return found;
}

describe("partsOf", () => {
  it("cuts the answer wherever its chunks end", async () => {
    const body = bodyOf(FRAMES);
    const wanted = FRAMES.map((frame) => [...frame]);
    for (let size = 1; size <= body.length; size += 1) {
      // oxlint-disable-next-line no-await-in-loop
      expect(await read(body, size)).toEqual(wanted);
    }
  });

  it("refuses frames of another size, of another kind, and an answer that ends too soon", async () => {
    await expect(read(bodyOf([Uint8Array.of(1, 2, 3, 4, 5, 6)]))).rejects.toThrow("another size");
    await expect(read(bodyOf(FRAMES, "image/jphc; transfer-syntax=1.2.840.10008.1.2.4.201"))).rejects.toThrow(
      "no frame of numbers",
    );
    await expect(read(bodyOf(FRAMES).slice(0, -20))).rejects.toThrow("too soon");
    await expect(read(new Uint8Array(5000).fill(65), 100)).rejects.toThrow("another size");
  });
});

const idOf = (instance: string, frame = 1) => `wadors:/d/studies/1/series/2/instances/${instance}/frames/${frame}`;

describe("addressOf", () => {
  it("names instances of one frame, or frames of one instance", () => {
    expect(addressOf([idOf("3"), idOf("4")])).toBe("/d/studies/1/series/2/pixeldata?SOPInstanceUID=3,4");
    expect(addressOf([idOf("3", 2), idOf("3", 1)])).toBe("/d/studies/1/series/2/instances/3/frames/2,1");
  });

  it("has none for other mixtures", () => {
    expect(addressOf([idOf("3", 2), idOf("4", 1)])).toBeNull();
    expect(addressOf([idOf("3"), idOf("4").replace("series/2", "series/5")])).toBeNull();
    expect(addressOf(["a", "b"])).toBeNull();
  });
});

describe("framesAtOnce", () => {
  it("is what the line brings in a moment", () => {
    const bytes = 512 * 512 * 2;
    expect([null, 10, 100, 400, 10_000].map((speed) => framesAtOnce(bytes, speed))).toEqual([1, 1, 3, 14, 32]);
  });
});

describe("fetchTogether", () => {
  const ids = ["3", "4", "5"].map((instance) => idOf(instance));

  function answer(response: Response) {
    const fetch = vi.fn<() => Promise<Response>>(() => Promise.resolve(response));
    vi.stubGlobal("fetch", fetch);
    return fetch;
  }

  it("gives each frame once to whoever reads it", async () => {
    const type = `multipart/related; type="application/octet-stream"; boundary=${BOUNDARY}`;
    const fetch = answer(new Response(streamOf(bodyOf(FRAMES), 50), { headers: { "Content-Type": type } }));
    fetchTogether(ids, 4);
    const taken = await Promise.all(ids.map((id) => takeArriving(id)));
    expect(taken.map((bytes) => [...new Uint8Array(bytes ?? new ArrayBuffer(0))])).toEqual(
      FRAMES.map((one) => [...one]),
    );
    expect(fetch).toHaveBeenCalledTimes(1);
    expect(await takeArriving(ids[0] ?? "")).toBeUndefined();
  });

  it("leaves frames to their readers where the answer does not bring them", async () => {
    answer(new Response("no", { status: 503 }));
    fetchTogether(ids, 4);
    expect(await Promise.all(ids.map((id) => takeArriving(id)))).toEqual([null, null, null]);
    const type = `multipart/related; boundary=${BOUNDARY}`;
    answer(new Response(streamOf(bodyOf(FRAMES.slice(1)), 50), { headers: { "Content-Type": type } }));
    fetchTogether(ids, 4);
    const [, , last] = await Promise.all(ids.map((id) => takeArriving(id)));
    expect(last).toBeNull();
  });

  it("does not ask for one alone", () => {
    const fetch = answer(new Response());
    fetchTogether(ids.slice(0, 1), 4);
    expect(fetch).not.toHaveBeenCalled();
  });
});
