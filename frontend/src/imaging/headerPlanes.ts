/** What the header of an image says lies over its pixels (overlay planes), and which of them are none (padding). */

import type { DicomJson } from "./header";
import type { Range } from "./types";

/** One overlay plane of an image (PS3.3 C.9.2), as it lies over one of its frames. */
export interface FilePlane {
  readonly columns: number;
  readonly rows: number;
  /** Column and row of the image, from 0, on which its first pixel lies; may be below 0. */
  readonly left: number;
  readonly top: number;
  /** The bit of its first pixel. */
  readonly firstBit: number;
  /** Where its bits are: at an address, or here in base 64. */
  readonly uri: string;
  readonly inline: string | null;
}

const MOST_PLANES = 16;

function numbers(instance: DicomJson, tag: string): number[] {
  return (instance[tag]?.Value ?? []).map(Number).filter((value) => Number.isFinite(value));
}

/**
 * The overlay planes over a frame (from 1), in the order of their groups.
 *
 * One with as many frames as the image has one for each, from Image Frame Origin on; one without frames lies over all
 * of them. Those that are kept in spare bits of the pixels (retired in 2004) are none: they have no data of their own.
 */
export function filePlanes(instance: DicomJson, frame: number): readonly FilePlane[] {
  return Array.from({ length: MOST_PLANES }, (_, at) => (0x6000 + 2 * at).toString(16).toUpperCase()).flatMap(
    (group): FilePlane[] => {
      const data = instance[`${group}3000`] as { InlineBinary?: string; BulkDataURI?: string } | undefined;
      const [rows = 0] = numbers(instance, `${group}0010`);
      const [columns = 0] = numbers(instance, `${group}0011`);
      const [top = 1, left = 1] = numbers(instance, `${group}0050`);
      const [frames] = numbers(instance, `${group}0015`);
      const [origin = 1] = numbers(instance, `${group}0051`);
      const at = frames === undefined ? 0 : frame - origin;
      if ((!data?.InlineBinary && !data?.BulkDataURI) || rows <= 0 || columns <= 0 || at < 0 || at >= (frames ?? 1)) {
        return [];
      }
      const firstBit = at * rows * columns;
      const place = { columns, rows, left: left - 1, top: top - 1, firstBit };
      return [{ ...place, uri: data.BulkDataURI ?? "", inline: data.InlineBinary ?? null }];
    },
  );
}

/** A bit of an overlay plane: bits run on over rows and frames, the lowest of a byte first (PS3.5 8.1.1). */
export function bitAt(bytes: Uint8Array, bit: number): boolean {
  return (((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 1;
}

const SHARED_GROUPS = "52009229";
const TRANSFORMATION = "00289145";

/** The values, rescaled, that fill an image up where it has no pixels (PS3.3 C.7.5.1.1.2); null where there are none. */
export function paddingOf(instance: DicomJson): Range | null {
  const [first] = numbers(instance, "00280120");
  const lut = instance["00283000"]?.Value?.length ?? 0;
  if (first === undefined || lut > 0 || (numbers(instance, "00280002")[0] ?? 1) > 1) {
    return null;
  }
  const [bits = 16] = numbers(instance, "00280100");
  const [signed = 0] = numbers(instance, "00280103");
  const [limit = first] = numbers(instance, "00280121");
  const stored = (value: number) => (signed === 1 && value >= 2 ** (bits - 1) ? value - 2 ** bits : value);
  const shared = instance[SHARED_GROUPS]?.Value?.[0] as DicomJson | undefined;
  const scaled = (shared?.[TRANSFORMATION]?.Value?.[0] as DicomJson | undefined) ?? instance;
  const [slope = 1] = numbers(scaled, "00281053");
  const [intercept = 0] = numbers(scaled, "00281052");
  const ends = [first, limit].map((value) => stored(value) * slope + intercept).sort((a, b) => a - b);
  const [lower = 0, upper = lower] = ends;
  return { lower: lower - 1e-3 * Math.abs(slope), upper: upper + 1e-3 * Math.abs(slope) };
}

/** The values that are no padding. */
export function withoutPadding(values: ArrayLike<number>, padding: Range | null): ArrayLike<number> {
  return padding
    ? Array.prototype.filter.call(values, (value: number) => value < padding.lower || value > padding.upper)
    : values;
}
