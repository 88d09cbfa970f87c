import { queryOptions } from "@tanstack/react-query";

import { client, take } from "./client";
import type { Schemas } from "./types";

export type Project = Schemas["Project"];
export type Member = Schemas["Member"];

const path = (project_id: string) => ({ params: { path: { project_id } } });

export const projectQuery = (id: string) =>
  queryOptions({
    queryKey: ["project", id],
    queryFn: () => take(client.GET("/api/projects/{project_id}", path(id))),
  });

export const membersQuery = (id: string) =>
  queryOptions({
    queryKey: ["members", id],
    queryFn: () => take(client.GET("/api/projects/{project_id}/members", path(id))),
  });
