import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

import { describe, expect, it } from "vitest";

import { languageOf, resourcesOf } from "./i18n";

const root = path.resolve(import.meta.dirname, "locales");

function keysOf(value: unknown, prefix = ""): Map<string, string> {
  const keys = new Map<string, string>();
  if (typeof value !== "object" || value === null) return keys;
  for (const [name, inner] of Object.entries(value)) {
    if (typeof inner === "string") keys.set(prefix + name, inner);
    else for (const [key, text] of keysOf(inner, `${prefix}${name}.`)) keys.set(key, text);
  }
  return keys;
}

function read(language: string, file: string): Map<string, string> {
  return keysOf(JSON.parse(readFileSync(path.join(root, language, file), "utf8")));
}

const files = readdirSync(path.join(root, "en"));
const placeholders = (text: string) =>
  [...new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name))].sort();

describe("texts", () => {
  it("have the same parts in both languages", () => {
    expect(readdirSync(path.join(root, "zh-Hans")).sort()).toEqual([...files].sort());
  });

  it.each(files)("of %s have the same keys and placeholders, and none is empty", (file) => {
    const [english, chinese] = [read("en", file), read("zh-Hans", file)];
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
    for (const [key, text] of english) {
      expect(text.trim(), key).not.toBe("");
      expect(chinese.get(key)?.trim(), key).not.toBe("");
      expect(placeholders(chinese.get(key) ?? ""), key).toEqual(placeholders(text));
    }
  });
});

const source = path.resolve(import.meta.dirname, "../..");
const sources = readdirSync(source, { recursive: true, encoding: "utf8" })
  .filter((file) => /\.tsx?$/.test(file) && !/\.test\.|\.d\.ts$/.test(file))
  .map((file) => ({ file, text: readFileSync(path.join(source, file), "utf8") }));

describe("keys in the code", () => {
  const known = new Set(
    files.flatMap((file) => [...read("en", file).keys()].map((key) => `${file.slice(0, -5)}.${key}`)),
  );

  it("all have a text", () => {
    const missing: string[] = [];
    for (const { file, text } of sources) {
      for (const [, key] of text.matchAll(/\bt\(\s*"([\w.-]+)"/g)) {
        if (key && !known.has(key) && !known.has(`${key}_one`) && !known.has(`${key}_other`))
          missing.push(`${file}: ${key}`);
      }
    }
    expect(missing).toEqual([]);
  });
});

describe("pages", () => {
  it("hold no text of their own: every word goes through the translations", () => {
    const found: string[] = [];
    for (const { file, text } of sources.filter((one) => one.file.endsWith(".tsx"))) {
      // Text between tags on lines of their own, and words in the attributes that people see or hear.
      for (const [, literal] of text.matchAll(/^\s*([A-Z][a-z]+(?: [a-z]+)+[.!?]?)\s*$/gm))
        found.push(`${file}: ${literal}`);
      for (const [, literal] of text.matchAll(
        /\b(?:label|title|placeholder|aria-label|alt|description)="([^"]*[a-z]{2}[^"]*)"/g,
      )) {
        found.push(`${file}: ${literal}`);
      }
      for (const [, literal] of text.matchAll(/>([A-Z][a-z]+(?: [a-z]+)*)<\//g)) found.push(`${file}: ${literal}`);
    }
    expect(found).toEqual([]);
  });
});

describe("languageOf", () => {
  it.each([
    ["zh-hans", "zh-Hans"],
    ["zh-CN", "zh-Hans"],
    ["en-GB", "en"],
    ["", "en"],
    [undefined, "en"],
  ])("takes %s for %s", (code, language) => expect(languageOf(code)).toBe(language));
});

describe("resourcesOf", () => {
  it("puts each file under its part", () => {
    expect(resourcesOf({ "./locales/en/nav.json": { jobs: "Jobs" } })).toEqual({
      en: { translation: { nav: { jobs: "Jobs" } } },
    });
  });
});
