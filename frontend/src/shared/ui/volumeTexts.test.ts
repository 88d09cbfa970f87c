import i18next from "i18next";
import { beforeAll, expect, it } from "vitest";

import studies from "../i18n/locales/zh-Hans/studies.json";
import { volumeText } from "./volumeTexts";

beforeAll(async () => {
  await i18next.init({
    lng: "zh-Hans",
    resources: { "zh-Hans": { translation: { studies } } },
    interpolation: { escapeValue: false },
  });
});

const said = (label: string) => volumeText(i18next.t, label);

it("says what sets a volume apart in the person's language", () => {
  expect(said("echo 2 of 3 (4.6 ms), time point 1 of 60")).toBe("回波 2/3（4.6 ms）, 时间点 1/60");
  expect(said("b 800 s/mm²")).toBe("b 值 800 s/mm²");
});

it("leaves words of the file as they are", () => {
  expect(said("")).toBe("");
  expect(said("magnitude, repetition 1 of 2")).toBe("magnitude, 重复 1/2");
});
