import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { MEASURE_TYPES } from "@/imaging";

import { KEYS } from "./hotkeys";

/**
 * What a person presses in the bars, menus and panels, by test id, and the command that reaches it by key: its own, or
 * the one that opens the menu or form it stands in (gone through by Tab and arrows from there).
 */
const REACHED: Readonly<Record<string, string>> = {
  "toggle-strip": "strip",
  "toggle-panel": "panel",
  "tool-sphere": "sphere",
  "brush-radius": "larger",
  "window-menu": "windowMenu",
  "layout-menu": "layoutMenu",
  "to-worklist": "worklist",
  "next-case": "nextCase",
  "second-window": "secondWindow",
  "not-readable": "notReadable",
  "finding-add": "finding",
  "finding-show": "nextFinding",
  submit: "submit",
  help: "help",
  invert: "invert",
  fit: "fit",
  rotate: "rotate",
  flip: "flip",
  reset: "reset",
  undo: "undo",
  redo: "redo",
  history: "history",
  files: "files",
};

/** Where controls stand, and the command that opens it or leads to it: F6 goes from part to part, Tab on from there. */
const STANDS: Readonly<Record<string, string>> = {
  "Banners.tsx": "nextRegion",
  "CaseForm.tsx": "form",
  "ConflictDialog.tsx": "nextRegion", // opens by itself and takes the focus
  "CopyForm.tsx": "copy",
  "DraftList.tsx": "nextRegion",
  "fields.tsx": "nextRegion",
  "FilesPanel.tsx": "files",
  "FindingList.tsx": "finding",
  "HangingDialog.tsx": "layoutMenu",
  "HelpOverlay.tsx": "help",
  "HistoryPanel.tsx": "history",
  "KeysDialog.tsx": "keys",
  "LabelDetails.tsx": "nextRegion",
  "LabelList.tsx": "nextRegion",
  "LayoutMenu.tsx": "layoutMenu",
  "LeftBehind.tsx": "nextRegion", // on the pages outside the room, where Tab comes by
  "LoadFile.tsx": "files",
  "LoadPlan.tsx": "files",
  "MeasureMenu.tsx": "measureMenu",
  "MeasurementList.tsx": "nextRegion",
  "NotReadableDialog.tsx": "notReadable",
  "NotSubmitted.tsx": "nextRegion",
  "OperationForm.tsx": "smooth",
  "PaneBox.tsx": "nextRegion",
  "PaneDecor.tsx": "nextRegion",
  "CineBar.tsx": "cine",
  "KeyImageList.tsx": "keyImage",
  "GivenImageList.tsx": "nextRegion",
  "OverlayDialog.tsx": "paneMenu",
  "PaneGrid.tsx": "nextRegion",
  "PaneMenu.tsx": "paneMenu",
  "PreviewBanner.tsx": "nextRegion",
  "PromptOptions.tsx": "prompt",
  "RestoreButton.tsx": "history",
  "RoomPage.tsx": "nextRegion", // where nothing else is on the screen
  "RulesForm.tsx": "nextRegion",
  "SaveMark.tsx": "nextRegion",
  "SaveNotice.tsx": "nextRegion",
  "SegmentPanel.tsx": "nextRegion",
  "SeriesStrip.tsx": "nextSeries",
  "SidePanel.tsx": "submit",
  "SolidBar.tsx": "nextRegion",
  "SubmitDialog.tsx": "submit",
  "TagDialog.tsx": "tags",
  "TimeBar.tsx": "nextRegion",
  "ToolBar.tsx": "nextRegion",
  "ToolOptions.tsx": "nextRegion",
  "TopBar.tsx": "nextRegion",
  "TrueSize.tsx": "paneMenu",
  "WindowMenu.tsx": "windowMenu",
};
const CONTROL =
  /<(button|select|input|ActionIcon|Button|Checkbox|ConfirmButton|Menu\.Item|NumberInput|Radio|Select|Slider|Switch|TextInput|Textarea|UnstyledButton)\b/;

const FILES = ["ToolBar.tsx", "TopBar.tsx"];
const source = (file: string) => readFileSync(join(import.meta.dirname, file), "utf8");
const commands = new Set<string>(KEYS.map(({ command }) => command));

describe("by keyboard", () => {
  it("every command of the room has a row in the table", () => {
    const text = source("hotkeys.ts");
    const union = text.slice(text.indexOf("export type Command"), text.indexOf("export interface Key"));
    const named = [...union.matchAll(/\| "(\w+)"/g)].map(([, name]) => name ?? "");
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter((name) => !commands.has(name))).toEqual([]);
  });

  it("every command of the table is carried out", () => {
    // The types of measurement are tools by their own table.
    const types = source("commands.ts").includes("...MEASURE_TYPES") ? MEASURE_TYPES.join(" ") : "";
    const text = `${source("commands.ts")} ${source("segmentStore.ts")} ${types}`;
    const unknown = [...commands].filter((name) => !new RegExp(`\\b${name}\\b`).test(text));
    expect(unknown).toEqual([]);
  });

  it.each(FILES)("every button of %s is reached", (file) => {
    const text = source(file);
    const ids = [...text.matchAll(/(?:data-testid|testId)="([\w-]+)"/g)].map(([, id]) => id ?? "");
    const shown = new Set(["case-number", "brush-radius-value"]); // figures, not buttons
    const missing = ids.filter((id) => !shown.has(id) && !commands.has(REACHED[id] ?? id));
    expect(missing).toEqual([]);
    const asked = [...text.matchAll(/command="(\w+)"/g)].map(([, name]) => name ?? "");
    expect(asked.filter((name) => !commands.has(name))).toEqual([]);
  });

  it("there is a way to every file with controls", () => {
    const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith(".tsx"));
    const lost = files.filter((file) => CONTROL.test(source(file)) && !commands.has(STANDS[file] ?? ""));
    expect(lost).toEqual([]);
    expect(Object.keys(STANDS).filter((file) => !files.includes(file))).toEqual([]);
  });

  it("what reaches something is a command", () => {
    expect(Object.values(REACHED).filter((name) => !commands.has(name))).toEqual([]);
  });
});
