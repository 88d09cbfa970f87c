import type { TFunction } from "i18next";

/** Sentences that the server writes in English; the English texts say in which words, and so which text is meant. */
export type Sentences = readonly { readonly key: string; readonly pattern: RegExp }[];

/** Returns how to know the sentences of a part of the English texts, whose keys begin with `prefix`. */
export function sentencesOf(prefix: string, texts: Readonly<Record<string, unknown>>): Sentences {
  return Object.entries(texts)
    .flatMap(([key, words]) => (typeof words === "string" ? [{ key: `${prefix}.${key}`, words }] : []))
    .toSorted((one, other) => fixed(other.words) - fixed(one.words)) // "1 of 2" is in many of them
    .map(({ key, words }) => ({ key, pattern: patternOf(words) }));
}

/** How much of a sentence is always the same. */
function fixed(words: string): number {
  return words.replaceAll(/\{\{\w+\}\}/g, "").length;
}

function patternOf(words: string): RegExp {
  const plain = words.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${plain.replaceAll(/\{\{(\w+)\}\}/g, "(?<$1>.+)")}$`);
}

/** Returns a sentence of the server in the person's language; as it is where it is none of those known. */
export function translated(t: TFunction, sentences: Sentences, sentence: string): string {
  for (const { key, pattern } of sentences) {
    const found = pattern.exec(sentence);
    if (found) {
      return t(key, { ...found.groups });
    }
  }
  return sentence;
}
