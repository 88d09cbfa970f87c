import { request } from "./raw";

export interface PrivateTag {
  creator: string;
  group: string;
  element: string;
}

export interface Profile {
  id: string;
  team: string;
  name: string;
  pseudonym_prefix: string;
  version: number;
  options: string[];
  private_tags: PrivateTag[];
  used: boolean;
  demanded: boolean;
  held: number;
  may_reidentify: boolean;
  reidentifiers: string[];
  created_at: string;
}

export interface Run {
  id: string;
  profile: string;
  version: number;
  job: string | null;
  state: string;
  progress: number;
  error_message: string;
  series_count: number;
  counts: { made: number; present: number; held: number; refused: number };
  started_by: string;
  created_at: string;
  finished_at: string | null;
}

export interface Counted {
  code: string;
  detail: string;
  count: number;
}

export interface StudyReport {
  study_uid: string;
  pseudonym: string;
  series: string[];
  instances: number;
  changes: { tag: string; name: string; action: string; rule: string; count: number }[];
  held: Counted[];
  refused: Counted[];
  warnings: Counted[];
}

export interface Region {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Held {
  id: string;
  profile: string;
  run: string | null;
  study_uid: string;
  series_uid: string;
  sop_instance_uid: string;
  pseudonym: string;
  modality: string;
  rows: number;
  columns: number;
  frame_count: number;
  reasons: { code: string; detail: string }[];
  regions: Region[];
  state: string;
}

export interface Page<T> {
  results: T[];
  next: string | null;
}

const root = "/api/deidentification";

export const listProfiles = () => request<Profile[]>("GET", `${root}/profiles`);
export const getProfile = (id: string) => request<Profile>("GET", `${root}/profiles/${id}`);
export const createProfile = (body: { team: string; name: string; pseudonym_prefix: string; options: string[] }) =>
  request<Profile>("POST", `${root}/profiles`, { body });
export const changeProfile = (id: string, body: Partial<Pick<Profile, "name" | "options" | "private_tags">>) =>
  request<Profile>("PATCH", `${root}/profiles/${id}`, { body });
export const startRun = (id: string, study_uids: string[]) =>
  request<Run>("POST", `${root}/profiles/${id}/runs`, { body: { study_uids } });
export const listRuns = (profile: string) => request<Page<Run>>("GET", `${root}/runs`, { query: { profile } });
export const getRun = (id: string) => request<Run & { studies: StudyReport[] }>("GET", `${root}/runs/${id}`);
export const listHeld = (profile: string, after: string | null = null) =>
  request<Page<Held> & { count: number }>("GET", `${root}/held`, { query: { profile, after, limit: 200 } });
export const pictureOf = (id: string, frame: number) => `${root}/held/${id}/picture?frame=${frame}`;
export const releaseHeld = (id: string, reason: string) =>
  request<Held>("POST", `${root}/held/${id}/release`, { body: { reason } });
export const blankHeld = (id: string, regions: Region[]) =>
  request<Held>("POST", `${root}/held/${id}/blank`, { body: { regions, all_frames: true } });
export const discardHeld = (id: string, reason: string) =>
  request<Held>("POST", `${root}/held/${id}/discard`, { body: { reason } });

export interface Reidentified {
  pseudonym: string;
  patient: { patient_id: string; issuer: string; patient_name: string; birth_date: string; sex: string };
  uids: { uid: string; original: string }[];
}

export const reidentify = (id: string, body: { pseudonym: string } | { uid: string }) =>
  request<Reidentified>("POST", `${root}/profiles/${id}/reidentify`, { body });
