import { describe, expect, it } from "vitest";

// The server's rules are held to the same cases: tests/annotations/reading/test_forms.py.
import cases from "../../../../tests/annotations/reading/form_cases.json";
import { answerProblem, askedQuestions, missingAnswers, textProblem, valueOfDigit, type Question } from "./rules";

const questions = cases.questions as unknown as Question[];

describe("the server's rules", () => {
  it.each(cases.problems as [string, unknown, string][])("%s = %j: %s", (key, value, problem) => {
    const question = questions.find((candidate) => candidate.key === key);
    expect(question && answerProblem(question, value)).toBe(problem);
  });

  it.each(cases.asked)("which questions are asked: $why", ({ answers, label, asked, missing }) => {
    expect(askedQuestions(questions, answers, label).map(({ key }) => key)).toEqual(asked);
    expect(missingAnswers(questions, answers, label)).toEqual(missing);
  });

  it("counts characters as the server does", () => {
    expect(textProblem("🫀".repeat(4000))).toBe("");
    expect(textProblem("🫀".repeat(4001))).toBe("long");
  });

  it("takes forms from before there was more", () => {
    const old: Question[] = [{ key: "sure", text: "Sure?", kind: "yes_no", required: true }];
    expect(askedQuestions(old, {})).toHaveLength(1);
    expect(missingAnswers(old, { sure: false })).toEqual([]);
  });
});

describe("digits", () => {
  const birads = ["0", "1", "2", "3", "4A", "4B", "4C", "5", "6"];

  it("choose the number they are, and go through its steps", () => {
    expect(valueOfDigit(birads, "0", null)).toBe("0");
    expect(valueOfDigit(birads, "4", null)).toBe("4A");
    expect(valueOfDigit(birads, "4", "4A")).toBe("4B");
    expect(valueOfDigit(birads, "4", "4C")).toBe("4A");
    expect(valueOfDigit(birads, "7", "4C")).toBeNull();
  });

  it("count what has no numbers", () => {
    expect(valueOfDigit(["CR", "PR", "SD"], "2", null)).toBe("PR");
    expect(valueOfDigit(["CR", "PR", "SD"], "4", null)).toBeNull();
    expect(valueOfDigit(["CR", "PR", "SD"], "0", null)).toBeNull();
  });
});
