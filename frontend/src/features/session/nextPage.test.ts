import { expect, it } from "vitest";

import { nextPage } from "./nextPage";

it.each([
  ["/projects/1?x=2", "/projects/1?x=2"],
  [null, "/"],
  ["https://elsewhere.example/", "/"],
  ["//elsewhere.example/", "/"],
  ["/\\elsewhere.example/", "/"],
  ["/sign-in?next=/", "/"],
])("goes from %s to %s", (wish, page) => expect(nextPage(wish)).toBe(page));
