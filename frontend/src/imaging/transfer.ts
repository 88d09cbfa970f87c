/** In which form frames are asked for: as they are stored, or compressed without loss (HTJ2K) where the line is slow. */

import { metaData } from "@cornerstonejs/core";

const STORED = "application/octet-stream; transfer-syntax=*";
const HTJ2K_FORM = "image/jphc; transfer-syntax=1.2.840.10008.1.2.4.201";
/**
 * What Cornerstone 5.14 decodes wrongly comes decoded: JPEG of 12 bits (10 to 25 too high), JPEG in RGB (taken for YBR),
 * and JPEG-LS in colours plane by plane (taken for pixel by pixel; its header does not say which). So does what it makes a
 * picture of where it is broken: of RLE and HTJ2K a wrong one, of JPEG 2000 that of the frame before. The server refuses
 * such frames; what it compresses itself is whole.
 */
export const DECODED = "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1";
const JPEG_BASELINE = "1.2.840.10008.1.2.4.50";
const JPEG_LS = ["1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81"];
/** Extended, with spectral selection, with full progression. */
const JPEG_OF_12_BITS = ["1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.53", "1.2.840.10008.1.2.4.55"];
const JPEG_2000 = ["1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91"];
/** The server would pass it on as it is. */
const HTJ2K = ["1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.202", "1.2.840.10008.1.2.4.203"];
const RLE = "1.2.840.10008.1.2.5";
const UNCOMPRESSED = new Set(["1.2.840.10008.1.2", "1.2.840.10008.1.2.1"]);

/**
 * Below this, HTJ2K comes sooner: it is a third of the size of a CT and costs some milliseconds of processor time a frame
 * at either end (docs/benchmarks.md).
 */
const SLOW_MBIT_S = 60;
/** As many transfers tell how fast the line is. */
const RECENT = 8;

interface Transfer {
  readonly bytes: number;
  readonly begin: number;
  readonly end: number;
}

/** How fast a line is by its latest transfers (ms), which may overlap; null before the first. */
export function speedOf(transfers: readonly Transfer[]): number | null {
  const bytes = transfers.reduce((sum, one) => sum + one.bytes, 0);
  const spans = [...transfers].sort((one, other) => one.begin - other.begin);
  let [busy, until] = [0, -Infinity];
  for (const { begin, end } of spans) {
    busy += Math.max(0, end - Math.max(begin, until));
    until = Math.max(until, end);
  }
  return transfers.length > 0 ? (bytes * 8) / 1000 / Math.max(busy, 1) : null;
}

let recent: readonly Transfer[] = [];

function note(entries: readonly PerformanceEntry[]): void {
  const frames = (entries as readonly PerformanceResourceTiming[]).filter(
    ({ name, transferSize }) => /\/frames\/|\/pixeldata\?/.test(name) && transferSize > 10_000, // what came from the cache has none
  );
  const seen = frames.map((one) => ({ bytes: one.transferSize, begin: one.responseStart, end: one.responseEnd }));
  recent = [...recent, ...seen].slice(-RECENT);
}

/** Begin to look how fast frames come. */
export function watchSpeed(): void {
  new PerformanceObserver((list) => note(list.getEntries())).observe({ type: "resource", buffered: true });
}

/** How fast frames came lately, Mbit/s; null before the first. */
export const frameSpeed = (): number | null => speedOf(recent);

/** `stored` or `compressed` in the browser's storage under `fiducial.frames` decides; else how fast the line is. */
function wantsCompressed(): boolean {
  const wish = localStorage.getItem("fiducial.frames");
  return wish ? wish === "compressed" : (frameSpeed() ?? Infinity) < SLOW_MBIT_S;
}

/** How to ask for a frame, and in which form it comes. */
export interface Asked {
  readonly accept: string;
  /** Numbers as they are stored, numbers that the server decodes, or a code stream. */
  readonly comes: "stored" | "decoded" | "encoded";
}

/** How to ask for a frame: always as a single part, which needs no searching for boundaries. */
export function frameHeaders(imageId: string): Asked {
  const { transferSyntaxUID = "" } = (metaData.get("transferSyntax", imageId) ?? {}) as { transferSyntaxUID?: string };
  const { photometricInterpretation } = (metaData.get("imagePixelModule", imageId) ?? {}) as {
    photometricInterpretation?: string;
  };
  const inRgb = photometricInterpretation === "RGB" && [JPEG_BASELINE, ...JPEG_LS].includes(transferSyntaxUID);
  if (inRgb || [...JPEG_OF_12_BITS, ...HTJ2K].includes(transferSyntaxUID)) {
    return { accept: DECODED, comes: "decoded" };
  }
  if ([...JPEG_2000, RLE].includes(transferSyntaxUID)) {
    return wantsCompressed()
      ? { accept: `${HTJ2K_FORM}, ${DECODED}`, comes: "encoded" }
      : { accept: DECODED, comes: "decoded" };
  }
  if (!UNCOMPRESSED.has(transferSyntaxUID)) {
    return { accept: STORED, comes: "encoded" };
  }
  return wantsCompressed()
    ? { accept: `${HTJ2K_FORM}, ${STORED}`, comes: "encoded" }
    : { accept: STORED, comes: "stored" };
}
