import { request } from "./raw";

export interface Finding {
  code: string;
  detail: string;
}

export interface Import {
  id: string;
  source: string;
  name: string;
  state: "open" | "closed";
  accepted: number;
  with_findings: number;
  duplicates: number;
  set_aside: number;
  series_to_index: number;
  created_at: string;
  closed_at: string | null;
  studies: string[];
}

export type FileState = "accepted" | "findings" | "duplicate" | "set_aside";

export interface ImportedFile {
  id: number;
  path: string;
  outcome: "accepted" | "duplicate" | "set_aside";
  reason: string | null;
  detail: string;
  findings: Finding[];
  study_uid: string;
}

export interface FilePage {
  results: ImportedFile[];
  next: number | null;
}

export const listImports = () => request<Import[]>("GET", "/api/imports");
export const getImport = (id: string) => request<Import>("GET", `/api/imports/${id}`);
export const openImport = (name: string) =>
  request<Import>("POST", "/api/imports", { body: { source: "browser", name } });
export const closeImport = (id: string) => request<Import>("POST", `/api/imports/${id}/close`);
export const listImportFiles = (id: string, state: FileState | "", after: number | null) =>
  request<FilePage>("GET", `/api/imports/${id}/files`, { query: { state, after } });
export const knownFiles = (id: string, files: { path: string; size_bytes: number }[], signal: AbortSignal) =>
  request<{ known: string[] }>("POST", `/api/imports/${id}/known`, { body: { files }, signal });
