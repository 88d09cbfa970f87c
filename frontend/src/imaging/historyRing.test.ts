import { describe, expect, it } from "vitest";

import { keepWithin, type Ring } from "./historyRing";

/** A ring of so many places with steps of these sizes pushed one after the other. */
function ringOf(size: number, bytes: readonly number[]): Ring {
  const ring: Ring = { ring: Array.from({ length: size }), position: -1, undoAvailable: 0, size };
  for (const step of bytes) {
    ring.position = (ring.position + 1) % size;
    ring.ring[ring.position] = { bytes: step };
    ring.undoAvailable = Math.min(size, ring.undoAvailable + 1);
  }
  return ring;
}

const held = (ring: Ring) => ring.ring.filter((step) => step !== undefined).length;

describe("the history", () => {
  it("keeps as many steps as there are places while they fit", () => {
    const ring = ringOf(
      100,
      Array.from({ length: 130 }, () => 1000),
    );
    keepWithin(ring, 256 * 2 ** 20);
    expect([ring.undoAvailable, held(ring)]).toEqual([100, 100]);
  });

  it("lets the oldest go where they do not, and never the newest", () => {
    const ring = ringOf(5, [50, 10, 20, 30]);
    keepWithin(ring, 60);
    expect([ring.undoAvailable, held(ring)]).toEqual([3, 3]);
    const large = ringOf(5, [10, 500]);
    keepWithin(large, 60);
    expect([large.undoAvailable, held(large)]).toEqual([1, 1]);
    expect(large.ring[large.position]).toEqual({ bytes: 500 });
  });

  it("goes round the end of the ring, counts measurements as nothing, and frees what was undone", () => {
    const ring = ringOf(4, [10, 10, 10, 10, 10, 10]);
    ring.ring[ring.position] = { restoreMemo: () => undefined };
    keepWithin(ring, 20);
    expect([ring.undoAvailable, held(ring)]).toEqual([3, 3]);
    const undone = ringOf(6, [10, 10, 10]);
    undone.position -= 1; // the last was undone, and a new one would come here
    undone.undoAvailable -= 1;
    keepWithin(undone, 100);
    expect([undone.undoAvailable, held(undone)]).toEqual([2, 2]);
  });
});
