/** Every key of the room, in one table: the help overlay, the tooltips and the listener read the same. */

export type Command =
  | "window"
  | "brush"
  | "eraser"
  | "sphere"
  | "smaller"
  | "larger"
  | "length"
  | "crosshair"
  | "pan"
  | "zoom"
  | "undo"
  | "redo"
  | "masks"
  | "layout"
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
  | "help"
  | "form"
  | "nextCase"
  | "submit"
  | "panel"
  | "strip"
  | "label";

export interface Key {
  readonly command: Command;
  readonly group: "tools" | "marks" | "view" | "case";
  /** As shown to a person. */
  readonly shown: string;
  readonly matches: (event: KeyPress) => boolean;
}

/** The part of a keyboard event that counts. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

const plain =
  (...keys: string[]) =>
  (event: KeyPress) =>
    !event.ctrlKey &&
    !event.metaKey &&
    !event.altKey &&
    keys.includes(event.key.length === 1 ? event.key.toLowerCase() : event.key);
const control = (key: string, shift: boolean) => (event: KeyPress) =>
  (event.ctrlKey || event.metaKey) && !event.altKey && event.shiftKey === shift && event.key.toLowerCase() === key;

export const KEYS: readonly Key[] = [
  { command: "window", group: "tools", shown: "W", matches: plain("w") },
  { command: "brush", group: "tools", shown: "B", matches: plain("b") },
  { command: "eraser", group: "tools", shown: "E", matches: plain("e") },
  { command: "sphere", group: "tools", shown: "D", matches: plain("d") },
  { command: "smaller", group: "tools", shown: "[", matches: plain("[") },
  { command: "larger", group: "tools", shown: "]", matches: plain("]") },
  { command: "length", group: "tools", shown: "L", matches: plain("l") },
  { command: "crosshair", group: "tools", shown: "X", matches: plain("x") },
  { command: "pan", group: "tools", shown: "P", matches: plain("p") },
  { command: "zoom", group: "tools", shown: "Z", matches: plain("z") },
  { command: "undo", group: "marks", shown: "Ctrl Z", matches: control("z", false) },
  {
    command: "redo",
    group: "marks",
    shown: "Ctrl Shift Z",
    matches: (event) => control("z", true)(event) || control("y", false)(event),
  },
  { command: "label", group: "marks", shown: "1 – 9", matches: plain("1", "2", "3", "4", "5", "6", "7", "8", "9") },
  { command: "masks", group: "marks", shown: "Space", matches: plain(" ") },
  { command: "nextMarked", group: "marks", shown: "G", matches: plain("g") },
  { command: "previousSlice", group: "view", shown: "↑ ←", matches: plain("ArrowUp", "ArrowLeft") },
  { command: "nextSlice", group: "view", shown: "↓ →", matches: plain("ArrowDown", "ArrowRight") },
  { command: "back10", group: "view", shown: "Page ↑", matches: plain("PageUp") },
  { command: "forward10", group: "view", shown: "Page ↓", matches: plain("PageDown") },
  { command: "first", group: "view", shown: "Home", matches: plain("Home") },
  { command: "last", group: "view", shown: "End", matches: plain("End") },
  { command: "layout", group: "view", shown: "M", matches: plain("m") },
  { command: "fit", group: "view", shown: "F", matches: plain("f") },
  { command: "invert", group: "view", shown: "I", matches: plain("i") },
  { command: "reset", group: "view", shown: "R", matches: plain("r") },
  { command: "rotate", group: "view", shown: "T", matches: plain("t") },
  { command: "flip", group: "view", shown: "Y", matches: plain("y") },
  { command: "strip", group: "view", shown: "<", matches: plain("<", ",") },
  { command: "panel", group: "view", shown: ">", matches: plain(">", ".") },
  { command: "form", group: "case", shown: "Q", matches: plain("q") },
  { command: "history", group: "case", shown: "H", matches: plain("h") },
  { command: "submit", group: "case", shown: "S", matches: plain("s") },
  { command: "nextCase", group: "case", shown: "N", matches: plain("n") },
  { command: "help", group: "case", shown: "?", matches: plain("?") },
];

/**
 * What a key press asks for.
 *
 * A digit chooses a label; "3" switches between disc and ball instead where there are fewer than three labels.
 */
export function commandFor(event: KeyPress, labelCount: number): { command: Command; digit: number } | null {
  const key = KEYS.find((candidate) => candidate.matches(event));
  if (!key) {
    return null;
  }
  const digit = key.command === "label" ? Number(event.key) : 0;
  if (key.command === "label" && digit > labelCount) {
    return digit === 3 ? { command: "sphere", digit: 0 } : null;
  }
  return { command: key.command, digit };
}

export const shownKey = (command: Command): string => KEYS.find((key) => key.command === command)?.shown ?? "";
