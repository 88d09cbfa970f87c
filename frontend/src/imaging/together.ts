/**
 * Frames of several images in one request.
 *
 * A browser spends some milliseconds on each request, whatever its size: on a fast line that is most of the time in which
 * the 200 slices of a CT come. A frame that is announced here arrives with others; whoever reads it takes it from here.
 */

import { frameSpeed } from "./transfer";

/** So long may a request take: the reader may have gone elsewhere meanwhile, and what is in view there comes next. */
const REQUEST_MS = 150;
const MOST = 32;
const LONGEST_HEAD = 4096;
const PLACE = /^wadors:(.+\/series\/[^/]+)\/instances\/([^/]+)\/frames\/(\d+)$/;
const PARTS = 'multipart/related; type="application/octet-stream"; transfer-syntax=*';
const OF_NUMBERS = /\r\nContent-Type: application\/octet-stream[^\r]*1\.2\.840\.10008\.1\.2(\.1)?\r\n/;

const arriving = new Map<string, Promise<ArrayBuffer>>();

/** How many frames of a size to ask for at once: as many as the line brings in a moment; one where it is slow. */
export function framesAtOnce(bytes: number, mbitPerS: number | null = frameSpeed()): number {
  const inTime = ((mbitPerS ?? 0) * 125 * REQUEST_MS) / Math.max(bytes, 1);
  return Math.max(1, Math.min(MOST, Math.floor(inTime)));
}

/** The address of several frames: of one instance, or of instances of one frame each; null where there is none. */
export function addressOf(imageIds: readonly string[]): string | null {
  const places = imageIds.map((imageId) => PLACE.exec(imageId));
  const [series, instance] = [places[0]?.[1], places[0]?.[2]];
  if (places.every((place) => place?.[1] === series && place?.[2] === instance)) {
    return series ? `${series}/instances/${instance}/frames/${places.map((place) => place?.[3]).join(",")}` : null;
  }
  return places.every((place) => place?.[1] === series && place?.[3] === "1")
    ? `${series}/pixeldata?SOPInstanceUID=${places.map((place) => place?.[2]).join(",")}`
    : null;
}

/**
 * Yield the bodies of a multipart answer's parts, which are of one size; an error where they are not. A part is given once
 * the boundary after it was seen.
 */
export async function* partsOf(body: ReadableStream<Uint8Array>, boundary: string, bytes: number) {
  const reader = body.getReader();
  const delimiter = `\r\n--${boundary}`;
  let [head, part, filled] = ["", null as Uint8Array<ArrayBuffer> | null, bytes];
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      const chunk = read.value;
      for (let at = 0; at < chunk.length;) {
        if (filled < bytes) {
          const piece = chunk.subarray(at, at + bytes - filled);
          part?.set(piece, filled);
          [at, filled] = [at + piece.length, filled + piece.length];
          continue;
        }
        head += String.fromCharCode(chunk[at] ?? 0);
        at += 1;
        if (!head.startsWith(delimiter.slice(0, head.length)) || head.length > LONGEST_HEAD) {
          throw new Error("A part of the answer is of another size");
        }
        const ends = head === `${delimiter}--`;
        if (!ends && !head.endsWith("\r\n\r\n")) {
          continue;
        }
        if (part) {
          yield part.buffer;
        }
        if (ends) {
          return;
        }
        if (!OF_NUMBERS.test(head)) {
          throw new Error("A part of the answer is no frame of numbers");
        }
        [head, part, filled] = ["", new Uint8Array(bytes), 0];
      }
    }
    throw new Error("The answer ended too soon");
  } finally {
    void reader.cancel();
  }
}

async function* fetched(address: string, bytes: number) {
  // Not kept by the browser: the next request may ask for other neighbours.
  const response = await fetch(address, { headers: { Accept: PARTS }, cache: "no-store" });
  const boundary = /boundary="?([^";]+)/.exec(response.headers.get("Content-Type") ?? "")?.[1];
  if (!response.ok || !response.body || !boundary) {
    throw new Error(`The server answered ${response.status} for frames`);
  }
  yield* partsOf(response.body, boundary, bytes);
}

/** Fetch frames of one size together, in this order. Those that do not come so are for their readers to fetch singly. */
export function fetchTogether(imageIds: readonly string[], bytes: number): void {
  const address = imageIds.length > 1 ? addressOf(imageIds) : null;
  if (address === null) {
    return;
  }
  const waiting: { resolve: (bytes: ArrayBuffer) => void; reject: (error: unknown) => void }[] = [];
  for (const imageId of imageIds) {
    const promise = new Promise<ArrayBuffer>((resolve, reject) => waiting.push({ resolve, reject }));
    promise.catch(() => undefined); // nobody may have asked for it yet
    arriving.set(imageId, promise);
  }
  const deliver = async () => {
    for await (const part of fetched(address, bytes)) {
      waiting.shift()?.resolve(part);
    }
    if (waiting.length > 0) {
      throw new Error("The answer has too few frames");
    }
  };
  deliver().catch((error: unknown) => waiting.forEach(({ reject }) => reject(error)));
}

/** The bytes of a frame that comes with others; undefined where it does not, null where it should have and did not. */
export async function takeArriving(imageId: string): Promise<ArrayBuffer | null | undefined> {
  const promise = arriving.get(imageId);
  arriving.delete(imageId);
  return promise?.catch(() => null);
}
