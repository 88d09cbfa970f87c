import { afterEach, describe, expect, it } from "vitest";

import en from "@/shared/i18n/locales/en/room.json";

import {
  chordOf,
  commandFor,
  commandOf,
  isReserved,
  KEYS,
  keysOf,
  shownChord,
  shownKey,
  useOwnKeys,
  withKey,
  withKeys,
  type KeyPress,
} from "./hotkeys";

const press = (key: string, part: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...part,
});

afterEach(() => useOwnKeys.setState({ own: {} }));

describe("the table of keys", () => {
  it("gives every command a name and a key, and no key twice", () => {
    const commands = KEYS.map(({ command }) => command);
    expect(new Set(commands).size).toBe(commands.length);
    expect(commands.filter((command) => !(command in en.command))).toEqual([]);
    expect(KEYS.filter(({ keys }) => keys.length === 0)).toEqual([]);
    const chords = KEYS.flatMap(({ keys }) => keys);
    expect(chords.filter((chord, index) => chords.indexOf(chord) !== index)).toEqual([]);
    expect(KEYS.filter(({ keys, fixed }) => !fixed && keys.some(isReserved))).toEqual([]);
  });
});

describe("a key press", () => {
  it("is written with its modifiers", () => {
    expect(chordOf(press("b"))).toBe("B");
    expect(chordOf(press("B"))).toBe("B");
    expect(chordOf(press("V", { shiftKey: true }))).toBe("Shift+V");
    expect(chordOf(press("?", { shiftKey: true }))).toBe("?");
    expect(chordOf(press(" "))).toBe("Space");
    expect(chordOf(press("PageUp", { shiftKey: true, altKey: true }))).toBe("Alt+Shift+PageUp");
    expect(chordOf(press("z", { metaKey: true }))).toBe("Ctrl+Z");
    expect(chordOf(press("+", { ctrlKey: true }))).toBe("Ctrl++");
    expect(chordOf(press("Shift", { shiftKey: true }))).toBe("");
  });

  it("is shown as people read it", () => {
    expect(shownChord("Ctrl+Shift+Z")).toBe("Ctrl Shift Z");
    expect(shownChord("Ctrl++")).toBe("Ctrl +");
    expect(shownChord("+")).toBe("+");
    expect(shownChord("ArrowUp")).toBe("↑");
  });
});

describe("own keys", () => {
  it("stand in for those of the table, everywhere", () => {
    useOwnKeys.setState({ own: withKeys({}, "brush", ["Ctrl+Alt+P"]) });
    expect(commandFor(press("b"), 3)).toBeNull();
    expect(commandFor(press("p", { ctrlKey: true, altKey: true }), 3)?.command).toBe("brush");
    expect(shownKey("brush")).toBe("Ctrl Alt P");
    expect(withKey("Brush", "brush")).toBe("Brush (Ctrl Alt P)");
  });

  it("can be none, and a command without a key says none", () => {
    useOwnKeys.setState({ own: { brush: [] } });
    expect(commandOf("B")).toBeNull();
    expect(withKey("Brush", "brush")).toBe("Brush");
  });

  it("that equal the table's are not kept", () => {
    const own = withKeys({ eraser: ["Y"] }, "brush", ["Q"]);
    expect(withKeys(own, "brush", ["B"])).toEqual({ eraser: ["Y"] });
  });

  it("never change the digits of labels", () => {
    useOwnKeys.setState({ own: { label: ["X"] } });
    expect(keysOf("label")).toContain("1");
    expect(commandFor(press("2"), 2)).toEqual({ command: "label", digit: 2 });
  });
});
