/** The reading that will probably be opened next. The page where one is chosen names it; the room gets ready for it. */

import { create } from "zustand";

export const useLikely = create<{ readonly reading: string | null }>(() => ({ reading: null }));

/** Name it, or null for none. */
export function nameLikely(reading: string | null): void {
  if (useLikely.getState().reading !== reading) {
    useLikely.setState({ reading });
  }
}
