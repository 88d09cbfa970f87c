import { client, take } from "./client";
import type { Schemas } from "./types";

export type Import = Schemas["Import"];
export type ImportedFile = Schemas["ImportedFile"];
export type FileState = "accepted" | "findings" | "duplicate" | "set_aside";
export type Storage = Schemas["Storage"];
export type Expired = Schemas["Expired"];
export type Node = Schemas["Node"];

const at = (import_id: string) => ({ path: { import_id } });

export const listImports = () => take(client.GET("/api/imports"));
export const getImport = (id: string) => take(client.GET("/api/imports/{import_id}", { params: at(id) }));
export const openImport = (name: string) => take(client.POST("/api/imports", { body: { source: "browser", name } }));
export const closeImport = (id: string) => take(client.POST("/api/imports/{import_id}/close", { params: at(id) }));
export const listImportFiles = (id: string, state: FileState | "", after: number) =>
  take(client.GET("/api/imports/{import_id}/files", { params: { ...at(id), query: { state, after } } }));
export const knownFiles = (id: string, files: { path: string; size_bytes: number }[], signal: AbortSignal) =>
  take(client.POST("/api/imports/{import_id}/known", { params: at(id), body: { files }, signal }));

export const getStorage = () => take(client.GET("/api/storage"));
export const changeStorage = (body: Schemas["PatchedStorageRulesRequest"]) =>
  take(client.PATCH("/api/storage", { body }));
export const listExpired = (days: number) => take(client.GET("/api/storage/expired", { params: { query: { days } } }));
export const deleteStudy = (study_uid: string) =>
  take(client.DELETE("/api/studies/{study_uid}", { params: { path: { study_uid } } }));
export const deleteSeries = (series_uid: string) =>
  take(client.DELETE("/api/series/{series_uid}", { params: { path: { series_uid } } }));

export const listNodes = () => take(client.GET("/api/dicom-nodes"));
export const addNode = (body: Schemas["NodeRequest"]) => take(client.POST("/api/dicom-nodes", { body }));
export const changeNode = (node_id: string, body: Schemas["PatchedNodeRequest"]) =>
  take(client.PATCH("/api/dicom-nodes/{node_id}", { params: { path: { node_id } }, body }));
export const removeNode = (node_id: string) =>
  take(client.DELETE("/api/dicom-nodes/{node_id}", { params: { path: { node_id } } }));
