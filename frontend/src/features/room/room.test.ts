import type { TFunction } from "i18next";
import { describe, expect, it } from "vitest";

import type { Measurement } from "@/imaging";
import { ApiError } from "@/shared/api/errors";
import type { Schemas } from "@/shared/api/types";
import { missingAnswers } from "@/shared/forms/rules";

import { stepRadius } from "./commands";
import { chordOf, commandFor, KEYS, type KeyPress } from "./hotkeys";
import { amountOf } from "./LabelList";
import { fromRecord, toRecord } from "./measurementRecords";
import { asTable, mainFigure } from "./measurementText";
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
      expect(KEYS.filter(({ keys }) => keys.includes(chordOf(press(key)))).length).toBe(1);
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

describe("measurements", () => {
  const one: Measurement = {
    key: "k",
    type: "bidirectional",
    sop: "1.2",
    frame: 1,
    pointsLps: [
      [0, 0, 0],
      [3, 4, 0],
      [0, 3, 0],
      [2, 1.5, 0],
    ],
    value: 5,
    unit: "mm",
    values: { short: { value: 2.5, unit: "mm" } },
    scale: "patient",
    label: 2,
    text: "segment VII",
  };

  it("go to the server and back", () => {
    expect(fromRecord("k", toRecord(one))).toEqual(one);
    for (const [unit, scale] of [
      ["mm", "detector"],
      ["mm", "region"],
      ["px", "pixel"],
    ] as const) {
      expect(fromRecord("k", toRecord({ ...one, unit, scale }))).toEqual({ ...one, unit, scale });
    }
  });

  it("of unknown types are left alone", () => {
    expect(fromRecord("k", { type: "volume", points_lps: [[0, 0, 0]] })).toBeNull();
    expect(fromRecord("k", { type: "length", points_lps: "none" })).toBeNull();
  });

  it("of the first rooms have the plane as their label, which is none", () => {
    const old = { type: "length", sop_instance_uid: "1", frame_number: 1, points_lps: [], value: 1, unit: "mm" };
    expect(fromRecord("k", { ...old, label: "axial" })).toMatchObject({ label: null, text: "", values: {} });
    expect(fromRecord("k", { ...old, label: "Aorta" })?.label).toBe("Aorta");
  });

  const t = ((key: string) => key) as TFunction;

  it("are shown with their unit, and say when millimetres are those of the detector", () => {
    expect(mainFigure(t, one)).toBe("5.0 × 2.5 mm");
    expect(mainFigure(t, { ...one, type: "length", scale: "detector" })).toBe("5.0 mm measure.atDetector");
    expect(mainFigure(t, { ...one, type: "ellipse", value: 123.4, unit: "mm2" })).toBe("123 mm²");
    expect(mainFigure(t, { ...one, type: "cobb", value: 12.34, unit: "deg" })).toBe("12.3°");
    expect(mainFigure(t, { ...one, type: "length", value: 7, unit: "px", scale: "pixel" })).toBe("7.00 px");
  });

  it("are copied as a table that a spreadsheet reads", () => {
    const rows = asTable(t, [one, { ...one, type: "arrow", text: "a\tb", values: {} }], () => "lesion").split("\n");
    expect(rows.map((row) => row.split("\t").length)).toEqual([7, 7, 7]);
    expect(rows[1]?.split("\t")).toEqual([
      "room.command.bidirectional",
      "5",
      "mm",
      "lesion",
      "segment VII",
      "2.5",
      "mm",
    ]);
    expect(rows[2]?.split("\t")[4]).toBe("a b");
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
    expect(resultOf(new ApiError(507, "storage_full", ""))).toEqual({ kind: "offline", reason: "storage_full" });
    const changed_frames = [{ sop_instance_uid: "1.2", frame_number: 1, layer: 0 }];
    const fields = { head: 7, changed_frames, changed_measurements: ["k"], changed_answers: ["q"] };
    expect(resultOf(new ApiError(409, "stale_base", "", fields))).toEqual({
      kind: "stale",
      head: 7,
      changed: ["1.2#1#0", "measurement:k", "answer:q"],
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
