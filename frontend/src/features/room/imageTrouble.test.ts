import i18next from "i18next";
import { beforeAll, expect, it, vi } from "vitest";

import { AnswerError } from "@/imaging/answers";
import { ApiError } from "@/shared/api/errors";

import { imageTrouble } from "./imageTrouble";

vi.mock("@/imaging", () => import("@/imaging/answers")); // the whole of it needs WebGL

beforeAll(async () => {
  const texts = (name: string) => import(`../../shared/i18n/locales/zh-Hans/${name}.json`);
  const [common, errors] = await Promise.all(["common", "errors"].map(texts));
  await i18next.init({ lng: "zh-Hans", resources: { "zh-Hans": { translation: { common, errors } } } });
});

it.each([
  [new AnswerError(0, "a frame"), "无法连接服务器。"],
  [new AnswerError(502, "a frame"), "服务器内部出现问题。"],
  [new AnswerError(404, "a frame"), "没有此图像，或您无权查看。"],
  [new ApiError(404, "series_not_found", "No such series."), "没有此序列，或您无权查看。"],
])("says why images are not there in the reader's language: %s", (thrown, said) => {
  expect(imageTrouble(thrown)).toBe(said);
});
