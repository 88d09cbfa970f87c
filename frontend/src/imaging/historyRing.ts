/** How much the history may hold. */

/** The ring as it is inside: it offers no way to let the oldest steps go. */
export interface Ring {
  ring: unknown[];
  position: number;
  undoAvailable: number;
  readonly size: number;
}

/** Let go of the oldest steps until the rest fits the budget; the newest always stays. Steps undone are gone by now. */
export function keepWithin(ring: Ring, budget: number): void {
  let bytes = 0;
  const kept = new Set<number>();
  for (let back = 0; back < ring.undoAvailable; back += 1) {
    const place = (ring.position - back + ring.size) % ring.size;
    bytes += (ring.ring[place] as { bytes?: number } | undefined)?.bytes ?? 0;
    if (back > 0 && bytes > budget) {
      break;
    }
    kept.add(place);
  }
  ring.undoAvailable = kept.size;
  ring.ring.forEach((_, place) => {
    if (!kept.has(place)) {
      ring.ring[place] = undefined;
    }
  });
}
