import i18next, { type Resource } from "i18next";
import { initReactI18next } from "react-i18next";

export const languages = [
  { code: "en", name: "English" },
  { code: "zh-Hans", name: "简体中文" },
] as const;

export type LanguageCode = (typeof languages)[number]["code"];

const storageKey = "fiducial.language";

/** All texts: `locales/<language>/<part>.json`, so that a key reads `<part>.<key>`. */
const files = import.meta.glob<Record<string, unknown>>("./locales/*/*.json", { eager: true, import: "default" });

/** Returns what i18next wants, from the files of every part. */
export function resourcesOf(parts: Record<string, Record<string, unknown>>): Resource {
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

/** Switches the interface and remembers it on this machine. */
export function switchLanguage(code: LanguageCode): void {
  localStorage.setItem(storageKey, code);
  document.documentElement.lang = code;
  void i18next.changeLanguage(code);
}

export function startI18n(): void {
  const language = languageOf(localStorage.getItem(storageKey) ?? navigator.language);
  document.documentElement.lang = language;
  void i18next.use(initReactI18next).init({
    resources: resourcesOf(files),
    lng: language,
    fallbackLng: "en",
    interpolation: { escapeValue: false },
    returnNull: false,
    initAsync: false,
  });
}
