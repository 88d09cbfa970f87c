import { expect, it } from "vitest";

import { filterRows, type WorklistRow } from "./filter";

const row = (case_number: number, state: WorklistRow["state"], study_description: string): WorklistRow => ({
  reading: String(case_number),
  case_number,
  state,
  study_description,
  project: { id: "p", name: "Liver" },
  modality: "CT",
  frame_count: 48,
  return_reason: "",
  submitted_at: null,
});

const rows = [row(1, "assigned", "Abdomen"), row(2, "submitted", "Abdomen"), row(3, "returned", "Thorax")];
const numbers = (show: "todo" | "done" | "all", filter: string) =>
  filterRows(rows, show, filter, ({ state }) => state).map(({ case_number }) => case_number);

it("shows what is to do, what is done, or all", () => {
  expect(numbers("todo", "")).toEqual([1, 3]);
  expect(numbers("done", "")).toEqual([2]);
  expect(numbers("all", "")).toEqual([1, 2, 3]);
});

it("asks for every word, in any column", () => {
  expect(numbers("all", "liver ABDOMEN")).toEqual([1, 2]);
  expect(numbers("all", "thorax returned")).toEqual([3]);
  expect(numbers("all", "thorax assigned")).toEqual([]);
});
