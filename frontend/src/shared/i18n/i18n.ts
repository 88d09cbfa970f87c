import i18next, { type Resource } from "i18next";
import { initReactI18next } from "react-i18next";

export const languages = [
  { code: "en", name: "English" },
  { code: "zh-Hans", name: "简体中文" },
] as const;

export type LanguageCode = (typeof languages)[number]["code"];

const storageKey = "fiducial.language";

/** The texts of a language: `locales/<language>/<part>.json`, so that a key reads `<part>.<key>`. Fetched when wanted. */
const texts: Readonly<Record<LanguageCode, () => Promise<{ default: Parts }>>> = {
  en: () => import("./texts/en"),
  "zh-Hans": () => import("./texts/zhHans"),
};

type Parts = Record<string, Record<string, unknown>>;

/** Returns what i18next wants, from the files of every part. */
export function resourcesOf(parts: Parts): Resource {
  const resources: Resource = {};
  for (const [path, texts] of Object.entries(parts)) {
    const [language, file] = path.split("/").slice(-2);
    if (!language || !file) continue;
    const translation = (resources[language] ??= { translation: {} })["translation"];
    if (typeof translation === "object") translation[file.replace(".json", "")] = texts;
  }
  return resources;
}

/** Returns the language of a code in any usual spelling (`zh-hans`, `zh-CN`, `en-GB`); English when unknown. */
export function languageOf(code: string | null | undefined): LanguageCode {
  return code?.toLowerCase().startsWith("zh") ? "zh-Hans" : "en";
}

let wanted: LanguageCode = "en";

/** Switches the interface and remembers it on this machine. Without a connection the texts stay as they are. */
export function switchLanguage(code: LanguageCode): void {
  localStorage.setItem(storageKey, code);
  wanted = code;
  const change = ({ default: parts }: { default: Parts }) => {
    i18next.addResourceBundle(code, "translation", resourcesOf(parts)[code]?.["translation"], true, true);
    if (wanted === code) {
      document.documentElement.lang = code;
      void i18next.changeLanguage(code);
    }
  };
  texts[code]().then(change, () => undefined);
}

/** Resolves when the texts of the browser's language, or the one chosen last, are there. */
export async function startI18n(): Promise<void> {
  const language = languageOf(localStorage.getItem(storageKey) ?? navigator.language);
  wanted = language;
  document.documentElement.lang = language;
  await i18next.use(initReactI18next).init({
    resources: resourcesOf((await texts[language]()).default),
    lng: language,
    fallbackLng: language, // a test holds that every text is there in every language
    interpolation: { escapeValue: false },
    returnNull: false,
    initAsync: false,
  });
}
