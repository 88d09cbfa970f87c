/**
 * Every command of the room with its keys, in one table: listener, tooltips, help and settings read the same.
 * A person may give commands other keys (see `useOwnKeys`); the server keeps those.
 */

import { create } from "zustand";

import type { MeasureType } from "@/imaging";

export type Command =
  | "window"
  | "brush"
  | "eraser"
  | "threshold"
  | "scissors"
  | "contour"
  | "livewire"
  | "fill"
  | "island"
  | "prompt"
  | "interpolate"
  | "islands"
  | "margin"
  | "hollow"
  | "smooth"
  | "combine"
  | "seeds"
  | "copy"
  | "sphere"
  | "smaller"
  | "larger"
  | MeasureType
  | "crosshair"
  | "magnify"
  | "pan"
  | "zoom"
  | "undo"
  | "redo"
  | "masks"
  | "layout"
  | "solid"
  | "maximise"
  | "lines"
  | "cine"
  | "tags"
  | "overlay"
  | "keyImage"
  | "nextKeyImage"
  | "previousKeyImage"
  | "link"
  | "fit"
  | "invert"
  | "reset"
  | "rotate"
  | "flip"
  | "previousSlice"
  | "nextSlice"
  | "back10"
  | "forward10"
  | "first"
  | "last"
  | "nextMarked"
  | "history"
  | "files"
  | "help"
  | "keys"
  | "form"
  | "comment"
  | "windowMenu"
  | "layoutMenu"
  | "paneMenu"
  | "hideLabel"
  | "lockLabel"
  | "nextSeries"
  | "secondWindow"
  | "worklist"
  | "nextRegion"
  | "previousRegion"
  | "measureMenu"
  | "measurements"
  | "finding"
  | "nextFinding"
  | "previousFinding"
  | "notReadable"
  | "nextCase"
  | "submit"
  | "panel"
  | "strip"
  | "label";

export interface Key {
  readonly command: Command;
  readonly group: Group;
  /** Chords as `chordOf` writes them; the first is the one that is shown. */
  readonly keys: readonly string[];
  /** The keys choose a number as well, so they cannot be changed. */
  readonly fixed?: boolean;
}

export const GROUPS = ["tools", "measure", "marks", "view", "case"] as const;
export type Group = (typeof GROUPS)[number];

/** The part of a keyboard event that counts. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  /** The place of the key on the board. */
  readonly code?: string;
}

const LABEL_KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"] as const;

export const KEYS: readonly Key[] = [
  { command: "window", group: "tools", keys: ["W"] },
  { command: "brush", group: "tools", keys: ["B"] },
  { command: "eraser", group: "tools", keys: ["E"] },
  { command: "threshold", group: "tools", keys: ["A"] },
  { command: "scissors", group: "tools", keys: ["C"] },
  { command: "contour", group: "tools", keys: ["O"] },
  { command: "fill", group: "tools", keys: ["K"] },
  { command: "sphere", group: "tools", keys: ["D"] },
  { command: "smaller", group: "tools", keys: ["["] },
  { command: "larger", group: "tools", keys: ["]"] },
  { command: "crosshair", group: "tools", keys: ["X"] },
  { command: "magnify", group: "tools", keys: ["Shift+Z"] },
  { command: "pan", group: "tools", keys: ["P"] },
  { command: "zoom", group: "tools", keys: ["Z"] },
  { command: "length", group: "measure", keys: ["L"] },
  { command: "bidirectional", group: "measure", keys: ["Alt+B"] },
  { command: "angle", group: "measure", keys: ["Alt+A"] },
  { command: "cobb", group: "measure", keys: ["Alt+C"] },
  { command: "ellipse", group: "measure", keys: ["Alt+E"] },
  { command: "rectangle", group: "measure", keys: ["Alt+R"] },
  { command: "circle", group: "measure", keys: ["Alt+O"] },
  { command: "freehand", group: "measure", keys: ["Alt+F"] },
  { command: "spline", group: "measure", keys: ["Alt+N"] },
  { command: "probe", group: "measure", keys: ["Alt+V"] },
  { command: "arrow", group: "measure", keys: ["Alt+T"] },
  { command: "height", group: "measure", keys: ["Alt+Y"] },
  { command: "ratio", group: "measure", keys: ["Alt+I"] },
  { command: "measureMenu", group: "measure", keys: ["Alt+M"] },
  { command: "measurements", group: "measure", keys: ["Alt+U"] },
  { command: "livewire", group: "marks", keys: ["Shift+O"] },
  { command: "island", group: "marks", keys: ["Shift+K"] },
  { command: "prompt", group: "marks", keys: ["Shift+A"] },
  { command: "interpolate", group: "marks", keys: ["Shift+I"] },
  { command: "islands", group: "marks", keys: ["Shift+L"] },
  { command: "margin", group: "marks", keys: ["Shift+M"] },
  { command: "hollow", group: "marks", keys: ["Shift+H"] },
  { command: "smooth", group: "marks", keys: ["Shift+S"] },
  { command: "combine", group: "marks", keys: ["Shift+C"] },
  { command: "seeds", group: "marks", keys: ["Shift+G"] },
  { command: "copy", group: "marks", keys: ["Shift+P"] },
  { command: "undo", group: "marks", keys: ["Ctrl+Z"] },
  { command: "redo", group: "marks", keys: ["Ctrl+Shift+Z", "Ctrl+Y"] },
  { command: "label", group: "marks", keys: LABEL_KEYS, fixed: true },
  { command: "masks", group: "marks", keys: ["Space"] },
  { command: "nextMarked", group: "marks", keys: ["G"] },
  { command: "cine", group: "view", keys: ["Shift+V"] },
  { command: "tags", group: "view", keys: ["Shift+T"] },
  { command: "overlay", group: "view", keys: ["Shift+Y"] },
  { command: "keyImage", group: "case", keys: ["Alt+X"] },
  { command: "nextKeyImage", group: "case", keys: ["Alt+J"] },
  { command: "previousKeyImage", group: "case", keys: ["Alt+G"] },
  { command: "previousSlice", group: "view", keys: ["ArrowUp", "ArrowLeft"] },
  { command: "nextSlice", group: "view", keys: ["ArrowDown", "ArrowRight"] },
  { command: "back10", group: "view", keys: ["PageUp"] },
  { command: "forward10", group: "view", keys: ["PageDown"] },
  { command: "first", group: "view", keys: ["Home"] },
  { command: "last", group: "view", keys: ["End"] },
  { command: "layout", group: "view", keys: ["M"] },
  { command: "solid", group: "view", keys: ["Shift+D"] },
  { command: "maximise", group: "view", keys: ["V"] },
  { command: "lines", group: "view", keys: ["U"] },
  { command: "link", group: "view", keys: ["J"] },
  { command: "fit", group: "view", keys: ["F"] },
  { command: "invert", group: "view", keys: ["I"] },
  { command: "reset", group: "view", keys: ["R"] },
  { command: "rotate", group: "view", keys: ["T"] },
  { command: "flip", group: "view", keys: ["Y"] },
  { command: "strip", group: "view", keys: ["<", ","] },
  { command: "panel", group: "view", keys: [">", "."] },
  { command: "files", group: "case", keys: ["Shift+F"] },
  { command: "form", group: "case", keys: ["Q"] },
  { command: "windowMenu", group: "view", keys: ["Shift+W"] },
  { command: "layoutMenu", group: "view", keys: ["Alt+L"] },
  { command: "paneMenu", group: "view", keys: ["Alt+P"] },
  { command: "nextRegion", group: "view", keys: ["F6"] },
  { command: "previousRegion", group: "view", keys: ["Shift+F6"] },
  { command: "nextSeries", group: "view", keys: ["Alt+S"] },
  { command: "secondWindow", group: "view", keys: ["Shift+E"] },
  { command: "hideLabel", group: "marks", keys: ["Alt+H"] },
  { command: "lockLabel", group: "marks", keys: ["Alt+K"] },
  { command: "worklist", group: "case", keys: ["Alt+W"] },
  { command: "comment", group: "case", keys: ["Shift+Q"] },
  { command: "finding", group: "case", keys: ["Shift+N"] },
  { command: "nextFinding", group: "case", keys: ["Shift+J"] },
  { command: "previousFinding", group: "case", keys: ["Shift+U"] },
  { command: "notReadable", group: "case", keys: ["Shift+X"] },
  { command: "history", group: "case", keys: ["H"] },
  { command: "submit", group: "case", keys: ["S"] },
  { command: "nextCase", group: "case", keys: ["N"] },
  { command: "help", group: "case", keys: ["?"] },
  { command: "keys", group: "case", keys: ["Ctrl+,"] },
];

const MODIFIERS: ReadonlySet<string> = new Set(["Control", "Shift", "Alt", "Meta", "AltGraph", "CapsLock"]);
const isLetter = (key: string) => key.length === 1 && key.toLowerCase() !== key.toUpperCase();

/**
 * A key press as text, such as "Ctrl+Shift+Z", "[" or "PageUp"; empty for a modifier alone.
 *
 * Shift is named with letters and keys that have names; in "?" it lies in the character itself. ⌘ counts as Ctrl.
 */
export function chordOf(event: KeyPress): string {
  if (MODIFIERS.has(event.key) || (event.key === "Dead" && !event.altKey) || event.key === "Unidentified") {
    return "";
  }
  // On some systems Alt makes another character of a letter: the key's place tells which letter it was.
  const plain = (event.altKey && /^Key([A-Z])$/.exec(event.code ?? "")?.[1]) || event.key;
  const named = plain.length > 1 || plain === " ";
  const shift = event.shiftKey && (named || isLetter(plain));
  const key = plain === " " ? "Space" : isLetter(plain) ? plain.toUpperCase() : plain;
  return `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${shift ? "Shift+" : ""}${key}`;
}

export type OwnKeys = Readonly<Record<string, readonly string[]>>;

/** The keys that the person at the screen gave to commands, by command; the others have those of the table. */
export const useOwnKeys = create<{ readonly own: OwnKeys }>(() => ({ own: {} }));

/** The chords of a command: the person's own, else the table's. */
export function keysOf(command: Command, own: OwnKeys = useOwnKeys.getState().own): readonly string[] {
  const key = KEYS.find((candidate) => candidate.command === command);
  return key?.fixed ? key.keys : (own[command] ?? key?.keys ?? []);
}

/** The command that a chord stands for, if any. */
export function commandOf(chord: string, own: OwnKeys = useOwnKeys.getState().own): Command | null {
  return KEYS.find(({ command }) => keysOf(command, own).includes(chord))?.command ?? null;
}

/** Keys that tools, forms and browsers need for themselves. */
const RESERVED: ReadonlySet<string> = new Set([
  "Tab",
  "Shift+Tab",
  "Enter",
  "Escape",
  "Backspace",
  "Ctrl+W",
  "Ctrl+T",
  "Ctrl+N",
  "Ctrl+R",
  "F5",
  "F11",
  "F12",
  ...LABEL_KEYS,
]);

export const isReserved = (chord: string): boolean => RESERVED.has(chord);

/** The person's keys with a command's changed; what equals the table is left out. */
export function withKeys(own: OwnKeys, command: Command, keys: readonly string[]): OwnKeys {
  const { [command]: _, ...others } = own;
  const usual = KEYS.find((candidate) => candidate.command === command)?.keys ?? [];
  return keys.join(" ") === usual.join(" ") ? others : { ...others, [command]: keys };
}

/**
 * What a key press asks for.
 *
 * A letter with Shift that means nothing stands for the letter. A digit chooses a label; "3" switches between disc and
 * ball instead where there are fewer than three labels.
 */
export function commandFor(event: KeyPress, labelCount: number): { command: Command; digit: number } | null {
  const chord = chordOf(event);
  const command = commandOf(chord) ?? (chord.startsWith("Shift+") ? commandOf(chord.slice(6)) : null);
  const digit = command === "label" ? Number(event.key) : 0;
  if (command === null || digit > labelCount) {
    return digit === 3 ? { command: "sphere", digit: 0 } : null;
  }
  return { command, digit };
}

/** It may bring another image, place or size under the pointer. */
export const movesView = (command: Command): boolean =>
  KEYS.some((key) => key.command === command && key.group === "view");

const SHOWN: Readonly<Record<string, string>> = {
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  PageUp: "Page ↑",
  PageDown: "Page ↓",
};

/** A chord as people read it. */
export const shownChord = (chord: string): string =>
  chord
    .split(/\+(?=.)/)
    .map((part) => SHOWN[part] ?? part)
    .join(" ");

/** The key of a command as people read it, or nothing where it has none. */
export function shownKey(command: Command): string {
  const keys = keysOf(command);
  return command === "label" ? "1 – 9" : keys.length > 0 ? shownChord(keys[0] ?? "") : "";
}

/** A text with the key of its command behind it, for tooltips. */
export function withKey(text: string, command: Command): string {
  const key = shownKey(command);
  return key ? `${text} (${key})` : text;
}
