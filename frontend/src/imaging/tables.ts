/** Look-up tables as DICOM JSON brings them. */

/** Entries of a table of 8 or 16 bits, little endian; its descriptor says how many there are (0 means 65,536). */
export function tableOf(base64: string, entries: number): readonly number[] {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const count = entries === 0 ? 65_536 : entries;
  if (bytes.length < 2 * count) {
    return [...bytes.subarray(0, count)];
  }
  const view = new DataView(bytes.buffer);
  return Array.from({ length: count }, (_, index) => view.getUint16(2 * index, true));
}
