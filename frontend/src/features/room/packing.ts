/** Packing of many frames off the page's own thread: after an edit in 3-D it would hold the picture up for a second. */

import type { FrameMask } from "@/imaging";

import { packFrame, type PackedFrame } from "./codec";

/** Strokes of a brush are packed at once; waiting for a worker would only make them later to be safe. */
const FEW = 4;
/** So many frames go to the worker at a time: each is copied on its way, and the page must not stand still for all. */
const AT_A_TIME = 8;

export interface PackRequest {
  readonly id: number;
  readonly masks: readonly FrameMask[];
}

export type PackAnswer =
  { readonly id: number; readonly packed: readonly PackedFrame[] } | { readonly id: number; readonly message: string };

interface Waiting {
  done(packed: readonly PackedFrame[]): void;
  failed(error: Error): void;
}

let worker: Worker | null = null;
let asked = 0;
const waiting = new Map<number, Waiting>();

/** A worker that cannot go on answers nothing: whoever waits for it must know. */
function broken(event: ErrorEvent): void {
  const error = new Error(event.message || "The worker that packs marks did not start");
  worker?.terminate();
  worker = null;
  const lost = [...waiting.values()];
  waiting.clear();
  lost.forEach(({ failed }) => failed(error));
}

function start(): Worker {
  const made = new Worker(new URL("./packWorker.ts", import.meta.url), { type: "module" });
  made.addEventListener("message", ({ data }: MessageEvent<PackAnswer>) => {
    const asker = waiting.get(data.id);
    waiting.delete(data.id);
    if ("packed" in data) {
      asker?.done(data.packed);
    } else {
      asker?.failed(new Error(data.message));
    }
  });
  made.addEventListener("error", broken);
  return made;
}

function inWorker(masks: readonly FrameMask[]): Promise<readonly PackedFrame[]> {
  return new Promise((done, failed) => {
    worker ??= start();
    asked += 1;
    waiting.set(asked, { done, failed });
    const request: PackRequest = { id: asked, masks };
    worker.postMessage(request); // a copy: where the worker fails, the frames are still here
  });
}

/** Pack frames, in their order. Nothing is lost where the browser starts no worker: then they are packed here. */
export async function packFrames(masks: readonly FrameMask[]): Promise<readonly PackedFrame[]> {
  if (masks.length <= FEW || typeof Worker === "undefined") {
    return Promise.all(masks.map(packFrame));
  }
  const packed: PackedFrame[] = [];
  try {
    while (packed.length < masks.length) {
      packed.push(...(await inWorker(masks.slice(packed.length, packed.length + AT_A_TIME))));
    }
    return packed;
  } catch (error) {
    console.warn("Marks are packed on the page:", error);
    return Promise.all(masks.map(packFrame));
  }
}
