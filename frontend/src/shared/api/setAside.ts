import { request } from "./raw";
import type { Job } from "./jobs";

export interface SetAside {
  id: string;
  batch: string;
  path: string;
  reason: string;
  detail: string;
  size_bytes: number;
  sha256: string;
  created_at: string;
  repairs: string[];
}

export interface Outcome {
  path: string;
  outcome: "accepted" | "duplicate" | "set_aside";
  reason: string | null;
  detail: string;
  study_uid: string;
}

export interface Difference {
  tag: string;
  name: string;
  stored: string | null;
  incoming: string | null;
}

export interface Comparison {
  sop_instance_uid: string;
  series_uid: string;
  same_place: boolean;
  differences: Difference[];
  pixels_equal: boolean | null;
  pixels_detail: string;
  geometry_equal: boolean;
  held: { kind: string; label: string; count: number }[];
}

export type SettleChoice = "keep_stored" | "replace" | "keep_both";
export type Which = { ids: string[] } | { import_id: string };

const one = (id: string) => `/api/set-aside/${id}`;

export const listSetAside = (query: { import?: string; reason?: string; q?: string }) =>
  request<SetAside[]>("GET", "/api/set-aside", { query });
export const retryOne = (id: string) => request<Outcome>("POST", `${one(id)}/retry`);
export const retryMany = (which: Which) => request<Job>("POST", "/api/set-aside/retry", { body: which });
export const repairMany = (which: Which) =>
  request<Job>("POST", "/api/set-aside/repair", { body: { ...which, action: "give_uids" } });
export const compareConflict = (id: string) => request<Comparison>("GET", `${one(id)}/compare`);
export const settleConflict = (id: string, choice: SettleChoice) =>
  request<Outcome>("POST", `${one(id)}/settle`, { body: { choice } });
export const discardSetAside = (id: string) => request<void>("DELETE", one(id));
export const setAsideBytes = (id: string) => `${one(id)}/file`;
