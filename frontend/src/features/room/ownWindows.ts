/** Windows that a person has named, kept in their browser for each modality. */

import { create } from "zustand";

import type { Range } from "@/imaging";

export interface OwnWindow {
  readonly name: string;
  readonly modality: string;
  readonly range: Range;
}

const KEY = "fiducial.windows";

function isWindow(value: unknown): value is OwnWindow {
  const { name, modality, range } = (value ?? {}) as Partial<OwnWindow>;
  return (
    typeof name === "string" &&
    typeof modality === "string" &&
    Number.isFinite(range?.lower) &&
    Number.isFinite(range?.upper)
  );
}

/** What the browser keeps; anything that is no list of windows counts as none. */
export function readWindows(stored: string | null): readonly OwnWindow[] {
  try {
    const value: unknown = JSON.parse(stored ?? "[]");
    return Array.isArray(value) ? value.filter(isWindow) : [];
  } catch (error) {
    if (error instanceof SyntaxError) {
      return [];
    }
    throw error;
  }
}

export const useOwnWindows = create<{ windows: readonly OwnWindow[] }>(() => ({
  windows: readWindows(localStorage.getItem(KEY)),
}));

function keep(windows: readonly OwnWindow[]): void {
  localStorage.setItem(KEY, JSON.stringify(windows));
  useOwnWindows.setState({ windows });
}

/** Keep a window; one of the same name and modality is replaced. */
export function keepWindow(window: OwnWindow): void {
  const { windows } = useOwnWindows.getState();
  const others = windows.filter(({ name, modality }) => name !== window.name || modality !== window.modality);
  keep([...others, window]);
}

export function forgetWindow(window: OwnWindow): void {
  keep(useOwnWindows.getState().windows.filter((each) => each !== window));
}
