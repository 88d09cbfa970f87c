import { client, take } from "./client";
import type { Schemas } from "./types";

export type Profile = Schemas["DeidentificationProfile"];
export type Option = Profile["options"][number];
export type PrivateTag = Schemas["PrivateTag"];
export type Run = Schemas["DeidentificationRun"];
export type StudyReport = Schemas["StudyReport"];
export type Counted = Schemas["Counted"];
export type Region = Schemas["Region"];
export type Held = Schemas["HeldInstance"];
export type Reidentified = Schemas["Reidentified"];

const atProfile = (profile_id: string) => ({ params: { path: { profile_id } } });
const atHeld = (held_id: string) => ({ params: { path: { held_id } } });
const heldAtOnce = 200;

export const listProfiles = () => take(client.GET("/api/deidentification/profiles"));
export const getProfile = (id: string) =>
  take(client.GET("/api/deidentification/profiles/{profile_id}", atProfile(id)));
export const createProfile = (body: Schemas["NewProfileRequest"]) =>
  take(client.POST("/api/deidentification/profiles", { body }));
export const changeProfile = (id: string, body: Schemas["PatchedProfileChangeRequest"]) =>
  take(client.PATCH("/api/deidentification/profiles/{profile_id}", { ...atProfile(id), body }));
export const startRun = (id: string, study_uids: string[]) =>
  take(client.POST("/api/deidentification/profiles/{profile_id}/runs", { ...atProfile(id), body: { study_uids } }));
export const listRuns = (profile: string) =>
  take(client.GET("/api/deidentification/runs", { params: { query: { profile } } }));
export const getRun = (id: string) =>
  take(
    client.GET("/api/deidentification/runs/{deidentification_run_id}", {
      params: { path: { deidentification_run_id: id } },
    }),
  );
export const listHeld = (profile: string) =>
  take(client.GET("/api/deidentification/held", { params: { query: { profile, limit: heldAtOnce } } }));
export const releaseHeld = (id: string, reason: string) =>
  take(client.POST("/api/deidentification/held/{held_id}/release", { ...atHeld(id), body: { reason } }));
export const blankHeld = (id: string, regions: Region[]) =>
  take(
    client.POST("/api/deidentification/held/{held_id}/blank", { ...atHeld(id), body: { regions, all_frames: true } }),
  );
export const discardHeld = (id: string, reason: string) =>
  take(client.POST("/api/deidentification/held/{held_id}/discard", { ...atHeld(id), body: { reason } }));
export const reidentify = (id: string, body: Schemas["ReidentifyQueryRequest"]) =>
  take(client.POST("/api/deidentification/profiles/{profile_id}/reidentify", { ...atProfile(id), body }));
