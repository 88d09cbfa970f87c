import { queryOptions } from "@tanstack/react-query";

import { getProfile, getRun, listHeld, listProfiles, listRuns } from "@/shared/api/deidentification";

const live = new Set(["queued", "running"]);
const lookEveryMs = 2000;

export const isRunLive = (run: { state: string }) => live.has(run.state);

export const profilesQuery = () => queryOptions({ queryKey: ["deidentification", "profiles"], queryFn: listProfiles });

export const profileQuery = (id: string) =>
  queryOptions({ queryKey: ["deidentification", "profile", id], queryFn: () => getProfile(id) });

export const runsQuery = (profile: string) =>
  queryOptions({
    queryKey: ["deidentification", "runs", profile],
    queryFn: () => listRuns(profile),
    refetchInterval: (query) => (query.state.data?.results.some(isRunLive) ? lookEveryMs : false),
  });

export const runQuery = (id: string) =>
  queryOptions({
    queryKey: ["deidentification", "run", id],
    queryFn: () => getRun(id),
    refetchInterval: (query) => (query.state.data && isRunLive(query.state.data) ? lookEveryMs : false),
  });

export const heldQuery = (profile: string) =>
  queryOptions({ queryKey: ["deidentification", "held", profile], queryFn: () => listHeld(profile) });
