import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, describe, expect, it } from "vitest";

import { ApiError } from "@/shared/api/errors";
import { askAgain } from "@/shared/api/queries";

import { untold } from "./Trouble";

const broken = new ApiError(500, "http_500", "");
const denied = new ApiError(403, "denied", "");

describe("what failed and is told nowhere", () => {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const stops: (() => void)[] = [];
  afterEach(() => {
    stops.splice(0).forEach((stop) => stop());
    client.clear();
  });

  /** A part of the page that shows a query: `answers` come in turn, the last one again and again. */
  async function show(key: string, ...answers: (Error | string)[]): Promise<QueryObserver<string>> {
    const observer = new QueryObserver<string>(client, {
      queryKey: [key],
      queryFn: () => {
        const answer = answers.length > 1 ? answers.shift() : answers[0];
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer ?? "");
      },
    });
    stops.push(observer.subscribe(() => undefined));
    await observer.refetch();
    return observer;
  }

  it("is nothing while all is well, and what is refused for good is the page's own matter", async () => {
    await show("good", "rows");
    await show("refused", denied);
    expect(untold(client, [])).toBeNull();
  });

  it("is a part that is missing, before one that is only out of date", async () => {
    const lists = await show("list", "rows", broken);
    await lists.refetch();
    expect(untold(client, [])).toEqual({ error: broken, stale: true });
    await show("choices", broken);
    expect(untold(client, [])).toEqual({ error: broken, stale: false });
  });

  it("is nothing where a box tells of such a failure, or where nobody looks any more", async () => {
    await show("list", broken);
    expect(untold(client, [denied])).not.toBeNull();
    expect(untold(client, [broken])).toBeNull();
    stops.splice(0).forEach((stop) => stop());
    expect(untold(client, [])).toBeNull();
  });

  it("goes away when asking again brings an answer", async () => {
    const list = await show("list", broken, "rows");
    expect(untold(client, [])).not.toBeNull();
    askAgain(client);
    await expect.poll(() => list.getCurrentResult().data).toBe("rows");
    expect(untold(client, [])).toBeNull();
  });
});
