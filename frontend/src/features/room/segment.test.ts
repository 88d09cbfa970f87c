import { beforeEach, describe, expect, it } from "vitest";

import type { Viewer } from "@/imaging";

import { copySource } from "./copying";
import { gridOf } from "./geometry";
import { commandFor, KEYS, type KeyPress } from "./hotkeys";
import { requestOf, setForm, setSettings } from "./segmentCommands";
import { firstSegment, OPERATIONS, useSegment } from "./segmentStore";
import type { RoomSession } from "./session";

const press = (key: string, shiftKey = false): KeyPress => ({
  key: shiftKey ? key.toUpperCase() : key,
  ctrlKey: false,
  metaKey: false,
  shiftKey,
  altKey: false,
});

beforeEach(() => useSegment.setState(firstSegment));

describe("the marking panel", () => {
  it("says so where there is nothing to copy from", async () => {
    const session = { reading: { series: [], priors: [] } } as unknown as RoomSession;
    const copied = copySource(session, null as unknown as Viewer, 1, new AbortController().signal);
    await expect(copied).rejects.toMatchObject({ code: "noSource" });
  });

  it("asks for what its forms say", () => {
    const { forms } = firstSegment;
    expect(requestOf("margin", { ...forms, margin: { grow: false, mm: 4 } }, 2)).toEqual({ kind: "margin", mm: -4 });
    expect(requestOf("islands", forms, 2)).toEqual({ kind: "largest" });
    expect(requestOf("islands", { ...forms, islands: { keep: "small", mm3: 50 } }, 2)).toEqual({
      kind: "small",
      mm3: 50,
    });
    expect(requestOf("interpolate", forms, 0)).toEqual({ kind: "interpolate", axis: 2 });
    expect(requestOf("interpolate", { ...forms, interpolate: { plane: "current" } }, 0)).toEqual({
      kind: "interpolate",
      axis: 0,
    });
    const kinds = OPERATIONS.flatMap((name) => (name === "copy" ? [] : [requestOf(name, forms, 1).kind]));
    expect(kinds).toEqual(["interpolate", "largest", "margin", "hollow", "smooth", "combine", "seeds"]);
  });

  it("changes one part of the settings and leaves the others", () => {
    setSettings(null, "fill", { flat: false });
    setSettings(null, "rules", { area: { label: 2, inside: true } });
    setSettings(null, "island", "others");
    setForm("hollow", { mm: 7 });
    const { settings, forms } = useSegment.getState();
    expect(settings.fill).toEqual({ ...firstSegment.settings.fill, flat: false });
    expect(settings.rules).toEqual({ range: null, area: { label: 2, inside: true } });
    expect(settings.island).toBe("others");
    expect(settings.scissors).toBe(firstSegment.settings.scissors);
    expect(forms.hollow).toEqual({ shell: "inside", mm: 7 });
  });
});

describe("keys of the panel", () => {
  it("are letters, and letters with Shift for edits", () => {
    const wanted = { a: "threshold", c: "scissors", o: "contour", k: "fill" };
    for (const [key, command] of Object.entries(wanted)) {
      expect(commandFor(press(key), 3)?.command).toBe(command);
    }
    const shifted = { o: "livewire", k: "island", i: "interpolate", m: "margin", s: "smooth", c: "combine", p: "copy" };
    for (const [key, command] of Object.entries(shifted)) {
      expect(commandFor(press(key, true), 3)?.command).toBe(command);
      expect(commandFor(press(key), 3)?.command).not.toBe(command);
    }
  });

  it("reach every operation", () => {
    expect(OPERATIONS.filter((name) => !KEYS.some(({ command }) => command === name))).toEqual([]);
  });
});

describe("the server's geometry", () => {
  it("becomes a grid with i, j and k in the viewer's order", () => {
    const affine = [
      [0, 0, 0.7, -10],
      [0, 0.8, 0, 20],
      [-5, 0, 0, 300],
      [0, 0, 0, 1],
    ];
    expect(gridOf({ affine_lps: affine, shape_kji: [30, 256, 512] })).toEqual({
      size: [512, 256, 30],
      spacing: [0.7, 0.8, 5],
      origin: [-10, 20, 300],
      axes: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, -1],
      ],
    });
  });
});
