import { describe, expect, it } from "vitest";

import type { LengthMeasurement } from "@/imaging";
import { ApiError } from "@/shared/api/errors";
import type { Schemas } from "@/shared/api/types";

import { missingAnswers } from "./CaseForm";
import { stepRadius } from "./commands";
import { commandFor, KEYS, type KeyPress } from "./hotkeys";
import { amountOf } from "./LabelList";
import { fromRecord, lengthChanges, toRecord } from "./lengthRecords";
import { resultOf } from "./transport";
import { readingAfter } from "./useNextCase";

const press = (key: string, part: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...part,
});

describe("keys", () => {
  it("mean one thing each", () => {
    const presses = [
      "w",
      "b",
      "e",
      "d",
      "[",
      "]",
      "l",
      "x",
      "p",
      "z",
      "g",
      "m",
      "f",
      "i",
      "r",
      "t",
      "y",
      "q",
      "h",
      "s",
      "n",
      "?",
      " ",
      "<",
      ">",
      "ArrowUp",
      "PageDown",
      "Home",
    ];
    for (const key of presses) {
      expect(KEYS.filter((candidate) => candidate.matches(press(key))).length).toBe(1);
    }
  });

  it("work in capitals, and not with other modifiers", () => {
    expect(commandFor(press("B", { shiftKey: true }), 2)?.command).toBe("brush");
    expect(commandFor(press("b", { ctrlKey: true }), 2)).toBeNull();
    expect(commandFor(press("s", { metaKey: true }), 2)).toBeNull();
    expect(commandFor(press("ß"), 2)).toBeNull();
  });

  it("undo and redo", () => {
    expect(commandFor(press("z", { ctrlKey: true }), 2)?.command).toBe("undo");
    expect(commandFor(press("Z", { ctrlKey: true, shiftKey: true }), 2)?.command).toBe("redo");
    expect(commandFor(press("y", { ctrlKey: true }), 2)?.command).toBe("redo");
    expect(commandFor(press("z", { metaKey: true }), 2)?.command).toBe("undo");
  });

  it("choose labels; 3 changes the brush where there is no third label", () => {
    expect(commandFor(press("2"), 2)).toEqual({ command: "label", digit: 2 });
    expect(commandFor(press("3"), 2)).toEqual({ command: "sphere", digit: 0 });
    expect(commandFor(press("3"), 3)).toEqual({ command: "label", digit: 3 });
    expect(commandFor(press("9"), 3)).toBeNull();
  });
});

describe("lengths", () => {
  const length: LengthMeasurement = {
    key: "k",
    sop: "1.2",
    frame: 1,
    plane: "axial",
    pointsLps: [
      [0, 0, 0],
      [3, 4, 0],
    ],
    lengthMm: 5,
  };

  it("go to the server and back", () => {
    expect(fromRecord("k", toRecord(length))).toEqual(length);
    expect(fromRecord("k", { type: "angle" })).toBeNull();
  });

  it("are new, moved, deleted, or left alone because their images are not open", () => {
    const known = [
      ["gone", toRecord({ ...length, key: "gone" })],
      ["moved", toRecord({ ...length, key: "moved" })],
      ["same", toRecord({ ...length, key: "same" })],
      ["elsewhere", toRecord({ ...length, key: "elsewhere", sop: "9.9" })],
    ] as const;
    const moved = {
      ...length,
      key: "moved",
      pointsLps: [
        [0, 0, 0],
        [6, 8, 0],
      ] as const,
      lengthMm: 10,
    };
    const dot = { ...length, key: "dot", lengthMm: 0 };
    const changes = lengthChanges(
      known,
      [moved, { ...length, key: "same" }, { ...length, key: "new" }, dot],
      new Set(["1.2"]),
    );
    expect(changes.map(({ key, data }) => [key, data === null])).toEqual([
      ["gone", true],
      ["moved", false],
      ["new", false],
    ]);
  });
});

describe("what the server says", () => {
  it("is told apart", () => {
    expect(resultOf(new TypeError("Failed to fetch")).kind).toBe("offline");
    expect(resultOf(new ApiError(503, "http_503", "")).kind).toBe("offline");
    expect(resultOf(new ApiError(401, "not_authenticated", "")).kind).toBe("signedOut");
    expect(resultOf(new ApiError(409, "locked", "")).kind).toBe("locked");
    expect(resultOf(new ApiError(400, "unknown_label", "No such label."))).toEqual({
      kind: "refused",
      message: "No such label.",
    });
    const fields = { head: 7, changed_frames: [{ sop_instance_uid: "1.2", frame_number: 1, layer: 0 }] };
    expect(resultOf(new ApiError(409, "stale_base", "", fields))).toEqual({
      kind: "stale",
      head: 7,
      changed: [{ sop: "1.2", frame: 1, layer: 0 }],
    });
  });
});

describe("small things", () => {
  it("volumes carry their unit", () => {
    expect(amountOf(0, 0.0032)).toEqual({ value: "0.0", unit: "mL" });
    expect(amountOf(100, 0.0032)).toEqual({ value: "0.32", unit: "mL" });
    expect(amountOf(100_000, 0.0032)).toEqual({ value: "320", unit: "mL" });
    expect(amountOf(42, null)).toEqual({ value: "42", unit: "px" });
  });

  it("the brush grows and shrinks in steps and stays within them", () => {
    expect(stepRadius(5, true)).toBe(6);
    expect(stepRadius(5, false)).toBe(4);
    expect(stepRadius(50, true)).toBe(50);
    expect(stepRadius(0.5, false)).toBe(0.5);
  });

  it("required questions want an answer; no is one", () => {
    const question = (key: string, required: boolean) =>
      ({ key, required, text: key, kind: "yes_no", unit: "" }) as const;
    const questions = [question("a", true), question("b", true), question("c", false)];
    expect(missingAnswers(questions, { a: false, b: null })).toEqual(["b"]);
  });

  it("the next case is the next open one, starting over at the top", () => {
    const row = (reading: string, state: Schemas["WorklistRow"]["state"]) =>
      ({ reading, state }) as Schemas["WorklistRow"];
    const rows = [row("1", "open"), row("2", "open"), row("3", "submitted"), row("4", "assigned")];
    expect(readingAfter(rows, "2")).toBe("4");
    expect(readingAfter(rows, "4")).toBe("1");
    expect(readingAfter([row("1", "open")], "1")).toBeNull();
    expect(readingAfter(rows, "gone")).toBe("1");
  });
});
