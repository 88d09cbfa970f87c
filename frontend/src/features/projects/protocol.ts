import type { Schemas } from "@/shared/api/types";

export type Protocol = Schemas["Protocol"];
export type ProtocolDraft = Schemas["ProtocolDraftRequest"];
export type Label = Schemas["Label"];
export type Question = Schemas["Question"];
export type ScaleStep = { value: string; caption: string };

/** Colour-blind safe colours of Okabe and Ito (2008), the first ones first. */
export const okabeIto: readonly string[] = [
  "#e69f00",
  "#56b4e9",
  "#009e73",
  "#f0e442",
  "#0072b2",
  "#d55e00",
  "#cc79a7",
  "#999999",
];

export interface Code {
  scheme: string;
  code: string;
  meaning: string;
}

export interface Structure extends Code {
  category: Code;
}

export const categories: readonly Code[] = [
  { scheme: "SCT", code: "123037004", meaning: "Anatomical Structure" },
  { scheme: "SCT", code: "49755003", meaning: "Morphologically Abnormal Structure" },
  { scheme: "SCT", code: "85756007", meaning: "Tissue" },
  { scheme: "SCT", code: "260787004", meaning: "Physical object" },
];

const anatomy: Code = { scheme: "SCT", code: "123037004", meaning: "Anatomical Structure" };
const altered: Code = { scheme: "SCT", code: "49755003", meaning: "Morphologically Abnormal Structure" };

const sct = (code: string, meaning: string, category: Code = anatomy): Structure => ({
  scheme: "SCT",
  code,
  meaning,
  category,
});

/** Structures that are often marked, with their SNOMED CT codes. */
export const structures: readonly Structure[] = [
  sct("10200004", "Liver"),
  sct("64033007", "Kidney"),
  sct("78961009", "Spleen"),
  sct("15776009", "Pancreas"),
  sct("28231008", "Gallbladder"),
  sct("69695003", "Stomach"),
  sct("39607008", "Lung"),
  sct("80891009", "Heart"),
  sct("15825003", "Aorta"),
  sct("12738006", "Brain"),
  sct("41216001", "Prostate"),
  sct("89837001", "Bladder"),
  sct("32764006", "Portal vein"),
  sct("8993003", "Hepatic vein"),
  sct("59441001", "Lymph node"),
  sct("91723000", "Anatomical structure"),
  sct("91772007", "Organ"),
  sct("4147007", "Mass", altered),
  sct("52988006", "Lesion", altered),
  sct("108369006", "Neoplasm", altered),
  sct("27925004", "Nodule", altered),
];

/** Returns a colour that no label has yet, as long as there is one. */
export function freeColour(labels: readonly Pick<Label, "colour">[]): string {
  const used = new Set(labels.map((label) => label.colour.toLowerCase()));
  return okabeIto.find((colour) => !used.has(colour)) ?? okabeIto[labels.length % okabeIto.length] ?? "#999999";
}

/** A label in the editor: `value` is empty until the server has given one; `id` is for the page alone. */
export interface LabelDraft extends Omit<Label, "value"> {
  id: string;
  value: number | null;
}

export function newLabel(labels: readonly LabelDraft[]): LabelDraft {
  return {
    id: crypto.randomUUID(),
    value: null,
    name: "",
    colour: freeColour(labels),
    type_scheme: "SCT",
    type_code: "",
    type_meaning: "",
    category_scheme: anatomy.scheme,
    category_code: anatomy.code,
    category_meaning: anatomy.meaning,
    layer: 0,
  };
}

/** Returns the label in a layer of its own, where it may overlap every other, or in the one that labels share. */
export function withOverlap(label: LabelDraft, overlaps: boolean, labels: readonly LabelDraft[]): LabelDraft {
  if (!overlaps) return { ...label, layer: 0 };
  const taken = new Set(labels.filter(({ id }) => id !== label.id).map(({ layer }) => layer));
  let layer = 1;
  while (taken.has(layer)) layer += 1;
  return { ...label, layer };
}

/** Returns the label with the codes of a structure; its name too, when it has none yet. */
export function withStructure(label: LabelDraft, found: Structure): LabelDraft {
  return {
    ...label,
    name: label.name.trim() ? label.name : found.meaning.toLowerCase(),
    type_scheme: found.scheme,
    type_code: found.code,
    type_meaning: found.meaning,
    category_scheme: found.category.scheme,
    category_code: found.category.code,
    category_meaning: found.category.meaning,
  };
}

/** Something to put right before saving: the key of a text, and what it is about. */
export interface Problem {
  key: string;
  name?: string;
}

export function labelProblems(labels: readonly LabelDraft[]): Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const label of labels) {
    const name = label.name.trim();
    if (!name) problems.push({ key: "noName" });
    else if (seen.has(name)) problems.push({ key: "twice", name });
    seen.add(name);
    if (!label.type_code.trim() || !label.type_meaning.trim()) problems.push({ key: "noCode", name });
    if (!/^#[0-9a-f]{6}$/i.test(label.colour)) problems.push({ key: "colour", name });
  }
  return problems;
}

/** A question in the editor. `id` is for the page alone, and a condition names its question by that. */
export interface QuestionDraft extends Question {
  id: string;
  choices: string[];
  scale: ScaleStep[];
  labels: number[];
}

export function newQuestion(): QuestionDraft {
  return {
    id: crypto.randomUUID(),
    key: "",
    text: "",
    help: "",
    kind: "yes_no",
    choices: [],
    scale: [],
    unit: "",
    required: false,
    shown_if: null,
    labels: [],
  };
}

/** Returns the questions of a stored form as the editor has them. */
export function questionDrafts(questions: readonly Partial<Question>[] | undefined): QuestionDraft[] {
  const drafts = (questions ?? []).map((question) => ({
    ...newQuestion(),
    ...question,
    choices: question.choices ?? [],
    scale: (question.scale ?? []).map(({ value, caption }) => ({ value, caption: caption ?? "" })),
    labels: question.labels ?? [],
  }));
  const ids = new Map(drafts.map(({ key, id }) => [key, id]));
  return drafts.map((draft) => ({ ...draft, shown_if: withQuestion(draft.shown_if, ids) }));
}

/** Returns the questions as they are sent: with keys, and without what is the page's alone. */
export function sentQuestions(drafts: readonly QuestionDraft[]): Question[] {
  const keyed = withKeys(drafts);
  const keys = new Map(keyed.map(({ id, key }) => [id, key]));
  return keyed.map(({ id: _, ...question }) => ({ ...question, shown_if: withQuestion(question.shown_if, keys) }));
}

function withQuestion(condition: Question["shown_if"], names: ReadonlyMap<string, string>): Question["shown_if"] {
  return condition ? { ...condition, question: names.get(condition.question) ?? condition.question } : null;
}

/** Answers that a condition can wait for; null where there are too many to choose from (then: any answer). */
export function conditionValues(question: QuestionDraft): (string | boolean)[] | null {
  switch (question.kind) {
    case "yes_no":
      return [true, false];
    case "score":
      return question.scale.map(({ value }) => value);
    case "choice":
    case "several":
      return question.choices;
    default:
      return null;
  }
}

/** Returns a key of small letters for a question's text that no other question has. */
export function questionKey(text: string, taken: ReadonlySet<string>): string {
  const base =
    text
      .toLowerCase()
      .normalize("NFKD")
      .replace(/[^a-z0-9]+/g, "_")
      .replace(/^_+|_+$/g, "")
      .slice(0, 30) || "question";
  if (!taken.has(base)) return base;
  let n = 2;
  while (taken.has(`${base}_${n}`)) n += 1;
  return `${base}_${n}`;
}

/** Gives every question that has no key yet one that is unique; keys once given stay, as answers are kept by them. */
export function withKeys(questions: readonly QuestionDraft[]): QuestionDraft[] {
  const taken = new Set(questions.map((question) => question.key).filter(Boolean));
  return questions.map((question) => {
    if (question.key) return question;
    const key = questionKey(question.text, taken);
    taken.add(key);
    return { ...question, key };
  });
}

export function questionProblems(questions: readonly QuestionDraft[]): Problem[] {
  return questions.flatMap((question, place) => {
    const { text, kind, choices, scale, minimum, maximum } = question;
    const problems: Problem[] = [];
    const values = scale.map(({ value }) => value.trim());
    if (!text.trim()) problems.push({ key: "noText" });
    if ((kind === "choice" || kind === "several") && choices.length < 2) problems.push({ key: "choices", name: text });
    if (kind === "score" && (values.length < 2 || new Set(values).size < values.length || values.includes(""))) {
      problems.push({ key: "scale", name: text });
    }
    if (kind === "number" && typeof minimum === "number" && typeof maximum === "number" && minimum > maximum) {
      problems.push({ key: "range", name: text });
    }
    if (!conditionHolds(question, questions.slice(0, place))) problems.push({ key: "condition", name: text });
    return problems;
  });
}

/** True when the question's condition, if any, names an earlier question and answers that it can have. */
function conditionHolds({ shown_if: condition }: QuestionDraft, earlier: readonly QuestionDraft[]): boolean {
  if (!condition) return true;
  const on = earlier.find(({ id }) => id === condition.question);
  const possible: readonly unknown[] | null = on ? conditionValues(on) : [];
  const wanted: readonly unknown[] = condition.values ?? [];
  if (possible === null) return on?.kind === "number" || wanted.length === 0;
  return on !== undefined && wanted.every((value) => possible.includes(value));
}

/** Returns what is sent for a whole protocol: the present one (or the defaults) with some parts changed. */
export function protocolDraft(present: Protocol | null, change: Partial<ProtocolDraft>): ProtocolDraft {
  return {
    labels: present?.labels ?? [],
    form: { questions: present?.form.questions ?? [], lesion: present?.form.lesion ?? [] },
    readers_per_case: present?.readers_per_case ?? 2,
    blinded: present?.blinded ?? true,
    ai_drafts: present?.ai_drafts ?? true,
    consensus_rule: present?.consensus_rule ?? "majority",
    ...change,
  };
}
