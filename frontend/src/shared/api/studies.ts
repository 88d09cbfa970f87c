import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { client, take } from "./client";
import type { Schemas } from "./types";

export type Study = Schemas["Study"];

export const studiesQuery = (q: string, limit: number, offset: number) =>
  queryOptions({
    queryKey: ["studies", q, limit, offset],
    queryFn: () => take(client.GET("/api/studies", { params: { query: { q, limit, offset } } })),
    placeholderData: keepPreviousData,
  });
