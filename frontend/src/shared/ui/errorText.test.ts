import i18next from "i18next";
import { beforeAll, describe, expect, it } from "vitest";

import { ApiError } from "@/shared/api/errors";

import { errorText } from "./errorText";

beforeAll(async () => {
  await i18next.init({
    lng: "en",
    supportedLngs: ["en", "zh-Hans"],
    resources: {
      en: { translation: { errors: { quota_exceeded: "The archive is full." } } },
      "zh-Hans": { translation: { errors: { quota_exceeded: "存档已满。" } } },
    },
  });
});

const full = new ApiError(409, "quota_exceeded", "The archive may hold 5 GB and holds them.");
const what = (error: ApiError) => errorText(i18next.t, error).what;

describe("errorText", () => {
  it("gives the server's own sentence in English, and the text of its code in other languages", async () => {
    expect(what(full)).toBe("The archive may hold 5 GB and holds them.");
    expect(what(new ApiError(409, "quota_exceeded", ""))).toBe("The archive is full.");
    await i18next.changeLanguage("zh-Hans");
    expect(what(full)).toBe("存档已满。");
  });

  it("falls back to the server's sentence where its code has no text", async () => {
    await i18next.changeLanguage("zh-Hans");
    expect(what(new ApiError(400, "something_new", "A new kind of trouble."))).toBe("A new kind of trouble.");
  });
});
