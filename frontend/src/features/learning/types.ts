import { queryOptions } from "@tanstack/react-query";

import { client, take } from "@/shared/api/client";
import type { Schemas } from "@/shared/api/types";

export type Learning = Schemas["Learning"];
export type TrainingRun = Schemas["TrainingRun"];
export type Score = Schemas["Score"];

export const learningQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["learning", projectId],
    queryFn: () =>
      take(client.GET("/api/projects/{project_id}/learning", { params: { path: { project_id: projectId } } })),
  });

/** True while a run has not come to its end. */
export function isUnderWay(run: Pick<TrainingRun, "state">): boolean {
  return run.state === "waiting" || run.state === "training";
}
