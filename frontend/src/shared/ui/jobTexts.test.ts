import i18next from "i18next";
import { beforeAll, expect, it } from "vitest";

import jobs from "../i18n/locales/zh-Hans/jobs.json";
import { jobMessage } from "./jobTexts";

beforeAll(async () => {
  const texts = { errors: { bundle: "模型包已损坏。" }, jobs };
  await i18next.init({ lng: "zh-Hans", resources: { "zh-Hans": { translation: texts } } });
});

const job = { state: "running", message: "Writing the draft", error_code: "", error_message: "" } as const;
const said = (change: object) => jobMessage(i18next.t, { ...job, ...change });

it("says what a job is doing, and nothing of one that has ended", () => {
  expect(said({})).toBe("正在写入草稿");
  expect(said({ message: "Segmenting volume 2 of 3: 40%" })).toBe("正在分割第 2 个容积，共 3 个：40%");
  expect(said({ message: "Scoring the champion on the held-out cases: 7%" })).toBe("正在留出病例上为冠军评分：7%");
  expect(said({ message: "DICOM SEG: case-1.dcm" })).toBe("DICOM SEG: case-1.dcm");
  expect(said({ state: "succeeded" })).toBe("");
});

it("says why a job failed in the person's language, where the code has a text", () => {
  const failed = { state: "failed", error_message: "No file weights.pt" };
  expect(said({ ...failed, error_code: "bundle" })).toBe("模型包已损坏。");
  expect(said({ ...failed, error_code: "crashed" })).toBe("No file weights.pt");
});
