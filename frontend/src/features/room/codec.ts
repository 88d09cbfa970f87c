/** Masks on the wire and in the journal: zlib of uint8, row-major; nothing at all for an empty frame. */

import type { FrameKey, FrameMask } from "@/imaging";

/** One frame as it is kept and sent. `data` is zlib, or empty where the frame has no label. */
export interface PackedFrame extends FrameKey {
  readonly rows: number;
  readonly columns: number;
  readonly data: Uint8Array;
}

/** One frame in the server's JSON. */
export interface WireFrame {
  readonly sop_instance_uid: string;
  readonly frame_number: number;
  readonly layer: number;
  readonly rows: number;
  readonly columns: number;
  readonly data: string;
}

export const frameId = (key: FrameKey): string => `${key.sop}#${key.frame}#${key.layer}`;

async function through(bytes: Uint8Array, stream: CompressionStream | DecompressionStream): Promise<Uint8Array> {
  const source = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(source).arrayBuffer());
}

/** Four values at a time: after an edit of a whole volume hundreds of frames are looked through. */
function isEmpty(labels: Uint8Array): boolean {
  const whole = labels.byteOffset % 4 === 0 ? Math.floor(labels.length / 4) : 0;
  const words = new Uint32Array(labels.buffer, labels.byteOffset, whole);
  for (let at = 0; at < whole; at += 1) {
    if (words[at] !== 0) {
      return false;
    }
  }
  return labels.subarray(whole * 4).every((value) => value === 0);
}

export async function packFrame(mask: FrameMask): Promise<PackedFrame> {
  const { sop, frame, layer, rows, columns, labels } = mask;
  const data = isEmpty(labels) ? new Uint8Array() : await through(labels, new CompressionStream("deflate"));
  return { sop, frame, layer, rows, columns, data };
}

/** Rejects when the bytes are not zlib of exactly rows × columns values. */
export async function unpackFrame(packed: PackedFrame): Promise<FrameMask> {
  const { sop, frame, layer, rows, columns, data } = packed;
  const labels =
    data.length === 0 ? new Uint8Array(rows * columns) : await through(data, new DecompressionStream("deflate"));
  if (labels.length !== rows * columns) {
    throw new RangeError(`Frame ${frameId(packed)} holds ${labels.length} values instead of ${rows} × ${columns}`);
  }
  return { sop, frame, layer, rows, columns, labels };
}

const CHUNK = 0x8000;

export function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return btoa(text);
}

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

export function toWire({ sop, frame, layer, rows, columns, data }: PackedFrame): WireFrame {
  return { sop_instance_uid: sop, frame_number: frame, layer, rows, columns, data: toBase64(data) };
}

export function fromWire(frame: WireFrame): PackedFrame {
  return {
    sop: frame.sop_instance_uid,
    frame: frame.frame_number,
    layer: frame.layer,
    rows: frame.rows,
    columns: frame.columns,
    data: fromBase64(frame.data),
  };
}

/** A random UUID (version 4), also where the page is not served over HTTPS. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
