import i18next from "i18next";
import { beforeAll, expect, it } from "vitest";

import { jobMessage } from "./jobTexts";

beforeAll(async () => {
  const texts = { errors: { bundle: "模型包已损坏。" } };
  await i18next.init({ lng: "zh-Hans", resources: { "zh-Hans": { translation: texts } } });
});

const job = { state: "running", message: "Writing the draft", error_code: "", error_message: "" } as const;
const said = (change: object) => jobMessage(i18next.t, { ...job, ...change });

it("says what a job is doing, and nothing of one that has ended", () => {
  expect(said({})).toBe("Writing the draft");
  expect(said({ state: "succeeded" })).toBe("");
});

it("says why a job failed in the person's language, where the code has a text", () => {
  const failed = { state: "failed", error_message: "No file weights.pt" };
  expect(said({ ...failed, error_code: "bundle" })).toBe("模型包已损坏。");
  expect(said({ ...failed, error_code: "crashed" })).toBe("No file weights.pt");
});
