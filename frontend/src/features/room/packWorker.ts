/** The worker of packing.ts. */

import { packFrame } from "./codec";
import type { PackAnswer, PackRequest } from "./packing";

async function answer({ id, masks }: PackRequest): Promise<PackAnswer> {
  try {
    return { id, packed: await Promise.all(masks.map(packFrame)) };
  } catch (error) {
    return { id, message: error instanceof Error ? error.message : String(error) };
  }
}

self.addEventListener("message", ({ data }: MessageEvent<PackRequest>) => {
  void answer(data).then((found) => self.postMessage(found));
});
