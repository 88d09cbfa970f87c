import { describe, expect, it } from "vitest";

import { matchLabels } from "./labelMap";
import {
  freeColour,
  labelProblems,
  newLabel,
  newQuestion,
  okabeIto,
  protocolDraft,
  questionKey,
  questionProblems,
  structures,
  withKeys,
  withOverlap,
  withStructure,
  type Structure,
} from "./protocol";

const listed = (wanted: string): Structure => {
  const found = structures.find(({ code }) => code === wanted);
  if (!found) throw new Error(`${wanted} is not listed`);
  return found;
};

describe("labels", () => {
  it("get colours that are told apart by the colour-blind, each once", () => {
    const labels = okabeIto.map(() => ({ colour: "" }));
    for (const label of labels) label.colour = freeColour(labels.filter(({ colour }) => colour));
    expect(new Set(labels.map(({ colour }) => colour)).size).toBe(okabeIto.length);
    expect(labels[0]?.colour).toBe("#e69f00");
  });

  it("take codes and category of a structure, and its name when they have none", () => {
    const blank = newLabel([]);
    const liver = withStructure(blank, listed("10200004"));
    expect([liver.name, liver.type_code, liver.category_code]).toEqual(["liver", "10200004", "123037004"]);
    expect(withStructure({ ...blank, name: "segment IV" }, listed("52988006"))).toMatchObject({
      name: "segment IV",
      category_code: "49755003",
    });
  });

  it("overlap others in a layer of their own", () => {
    const first = { ...newLabel([]), id: "a" };
    const second = withOverlap({ ...newLabel([]), id: "b" }, true, [first]);
    const third = withOverlap({ ...newLabel([]), id: "c" }, true, [first, second]);
    expect([first.layer, second.layer, third.layer]).toEqual([0, 1, 2]);
    expect(withOverlap(second, true, [first, second, third]).layer).toBe(1);
    expect(withOverlap(second, false, [first, second, third]).layer).toBe(0);
  });

  it("are refused without name, code or colour, or when a name comes twice", () => {
    const good = withStructure(newLabel([]), listed("10200004"));
    expect(labelProblems([good])).toEqual([]);
    expect(labelProblems([good, { ...good, id: "2" }])).toEqual([{ key: "twice", name: "liver" }]);
    expect(labelProblems([{ ...good, name: " " }]).map(({ key }) => key)).toEqual(["noName"]);
    expect(labelProblems([{ ...good, type_code: "" }]).map(({ key }) => key)).toEqual(["noCode"]);
    expect(labelProblems([{ ...good, colour: "red" }]).map(({ key }) => key)).toEqual(["colour"]);
  });

  it("offer every structure once", () => {
    expect(new Set(structures.map(({ code }) => code)).size).toBe(structures.length);
  });
});

describe("questions", () => {
  it("get keys of plain letters that are unique and stay", () => {
    const first = { ...newQuestion(), text: "Is the image good enough?" };
    const second = { ...newQuestion(), text: "Is the image good enough!" };
    const kept = { ...newQuestion(), text: "renamed", key: "old_key" };
    expect(withKeys([first, kept, second]).map(({ key }) => key)).toEqual([
      "is_the_image_good_enough",
      "old_key",
      "is_the_image_good_enough_2",
    ]);
    expect(questionKey("图像质量", new Set())).toBe("question");
  });

  it("are refused when they cannot be answered", () => {
    const question = { ...newQuestion(), text: "Grade" };
    expect(questionProblems([question])).toEqual([]);
    expect(questionProblems([{ ...question, kind: "choice", choices: ["1"] }])[0]?.key).toBe("choices");
    expect(questionProblems([{ ...question, kind: "number", minimum: 3, maximum: 2 }])[0]?.key).toBe("range");
    expect(questionProblems([{ ...question, text: "" }])[0]?.key).toBe("noText");
  });
});

describe("protocolDraft", () => {
  it("starts blinded, with two readers and a majority", () => {
    expect(protocolDraft(null, {})).toMatchObject({ readers_per_case: 2, blinded: true, consensus_rule: "majority" });
  });

  it("changes one part and keeps the rest", () => {
    const present = { ...protocolDraft(null, {}), form: { questions: [] }, labels: [], version: 3, blinded: false };
    expect(protocolDraft(present, { readers_per_case: 4 })).toMatchObject({ readers_per_case: 4, blinded: false });
  });
});

describe("matchLabels", () => {
  const labels = [
    { value: 1, name: "Liver", type_meaning: "Liver" },
    { value: 2, name: "met", type_meaning: "Lesion" },
  ];

  it("matches by name, then by coded meaning, and leaves the rest out", () => {
    expect(matchLabels({ "1": "liver", "2": "lesion", "3": "spleen" }, labels)).toEqual({ "1": 1, "2": 2 });
  });
});
