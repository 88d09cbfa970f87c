import { queryOptions } from "@tanstack/react-query";

import { client, take } from "./client";
import type { Schemas } from "./types";

export type Job = Schemas["Job"];

const live = new Set(["queued", "running"]);

/** True while the job has not ended. */
export function isLive(job: { readonly state: string }): boolean {
  return live.has(job.state);
}

export const listJobs = (query: { state?: Job["state"]; subject?: string; limit?: number } = {}): Promise<Job[]> =>
  take(client.GET("/api/jobs", { params: { query } }));

export const jobQuery = (job_id: string) =>
  queryOptions({
    queryKey: ["job", job_id],
    queryFn: () => take(client.GET("/api/jobs/{job_id}", { params: { path: { job_id } } })),
  });

export const cancelJob = (job_id: string): Promise<Job> =>
  take(client.POST("/api/jobs/{job_id}/cancel", { params: { path: { job_id } } }));

export const retryJob = (job_id: string): Promise<Job> =>
  take(client.POST("/api/jobs/{job_id}/retry", { params: { path: { job_id } } }));
