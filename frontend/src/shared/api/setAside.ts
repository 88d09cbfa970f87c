import { client, take } from "./client";
import type { Schemas } from "./types";

export type SetAside = Schemas["SetAside"];
export type Reason = SetAside["reason"];
export type Outcome = Schemas["FileOutcome"];
export type Comparison = Schemas["Comparison"];
export type SettleChoice = Schemas["SettleRequest"]["choice"];
export type RepairPreview = Schemas["RepairPreview"];
export type Which = { ids: string[] } | { import_id: string };

interface Wanted {
  import?: string;
  reason?: Reason;
  q?: string;
}

const at = (file_id: string) => ({ params: { path: { file_id } } });

export const listSetAside = (query: Wanted) => take(client.GET("/api/set-aside", { params: { query } }));
export const retryOne = (id: string) => take(client.POST("/api/set-aside/{file_id}/retry", at(id)));
export const retryMany = (body: Which) => take(client.POST("/api/set-aside/retry", { body }));
export const repairMany = (which: Which) =>
  take(client.POST("/api/set-aside/repair", { body: { ...which, action: "give_uids" } }));
export const previewRepair = (which: Which) =>
  take(client.POST("/api/set-aside/repair/preview", { body: { ...which, action: "give_uids" } }));
export const compareConflict = (id: string) => take(client.GET("/api/set-aside/{file_id}/compare", at(id)));
export const settleConflict = (id: string, choice: SettleChoice) =>
  take(client.POST("/api/set-aside/{file_id}/settle", { ...at(id), body: { choice } }));
export const discardSetAside = (id: string) => take(client.DELETE("/api/set-aside/{file_id}", at(id)));
export const setAsideBytes = (id: string) => `/api/set-aside/${id}/file`;
