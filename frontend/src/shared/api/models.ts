import { queryOptions } from "@tanstack/react-query";

import { client, take } from "./client";
import type { Schemas } from "./types";

export type Model = Schemas["Model"];
export type ModelVersion = Schemas["ModelVersion"];

export const modelsQuery = () => queryOptions({ queryKey: ["models"], queryFn: () => take(client.GET("/api/models")) });

/** Returns `name/number`, as provenance names a version. */
export function versionName(version: Pick<ModelVersion, "model_name" | "number">): string {
  return `${version.model_name}/${version.number}`;
}

/** Returns the versions that may run, newest of each model first. */
export function runnable(models: readonly Model[]): ModelVersion[] {
  return models.flatMap((model) => model.versions).filter((version) => version.may_run);
}
