import { describe, expect, it } from "vitest";

import { csrfToken } from "./client";
import { ApiError, asApiError, errorOf } from "./errors";

describe("errorOf", () => {
  it("reads the one shape", () => {
    const error = errorOf(409, { error: { code: "stale_base", message: "Moved on.", fields: { head: 7 } } });
    expect(error).toBeInstanceOf(ApiError);
    expect([error.status, error.code, error.message, error.fields["head"]]).toEqual([
      409,
      "stale_base",
      "Moved on.",
      7,
    ]);
    expect(error.passing).toBe(false);
  });

  it.each([undefined, "<html>", [], { error: "text" }, { detail: "no" }])("names %j after its status", (body) => {
    expect(errorOf(502, body).code).toBe("http_502");
    expect(errorOf(502, body).passing).toBe(true);
  });
});

describe("asApiError", () => {
  it("takes a failed fetch for a server that was not reached", () => {
    expect(asApiError(new TypeError("Failed to fetch"))).toMatchObject({ status: 0, code: "offline", passing: true });
  });

  it("keeps an ApiError as it is", () => {
    const error = new ApiError(400, "invalid", "No.");
    expect(asApiError(error)).toBe(error);
  });
});

describe("csrfToken", () => {
  it("finds the cookie among others", () => {
    expect(csrfToken("a=b; csrftoken=x%3Dy; c=d")).toBe("x=y");
    expect(csrfToken("xcsrftoken=no")).toBe("");
  });
});
