import { afterEach, describe, expect, it, vi } from "vitest";

import { AnswerError, ask, frameError } from "./answers";

afterEach(() => vi.unstubAllGlobals());

const answers = (answer: Promise<Response>) => vi.stubGlobal("fetch", () => answer);

describe("ask", () => {
  it("tells a server that was not reached from one that refused", async () => {
    answers(Promise.reject(new TypeError("Failed to fetch")));
    await expect(ask("/frames/1", "*/*", "a frame")).rejects.toMatchObject({ name: "AnswerError", status: 0 });
    answers(Promise.resolve(new Response("", { status: 404 })));
    await expect(ask("/frames/1", "*/*", "a frame")).rejects.toMatchObject({ name: "AnswerError", status: 404 });
    answers(Promise.resolve(new Response("voxels")));
    await expect((await ask("/frames/1", "*/*", "a frame")).text()).resolves.toBe("voxels");
  });
});

describe("frameError", () => {
  it("reads the status out of the request that Cornerstone's loader gives as the reason", () => {
    expect(frameError(new XMLHttpRequest())).toMatchObject({ name: "AnswerError", status: 0 });
    const of = (status: number) => frameError(Object.defineProperty(new XMLHttpRequest(), "status", { value: status }));
    expect(of(503)).toEqual(new AnswerError(503, "a frame"));
    expect(of(200).message).toBe("A frame could not be decoded");
  });

  it("takes whatever a decoder says for a broken frame", () => {
    const refused = new AnswerError(404, "a frame");
    expect(frameError(refused)).toBe(refused);
    const said = new RangeError("Invalid JPEG-LS stream");
    expect(frameError(said)).toMatchObject({ name: "BrokenFrameError", cause: said });
    expect(frameError("no codec")).toMatchObject({ name: "BrokenFrameError", cause: "no codec" });
  });
});
