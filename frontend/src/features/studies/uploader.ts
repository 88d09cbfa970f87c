import { create } from "zustand";

import { client, take } from "@/shared/api/client";
import { asApiError } from "@/shared/api/errors";
import type { Schemas } from "@/shared/api/types";
import { uploadForm } from "@/shared/api/upload";

import type { Pick } from "./collect";

export type Outcome = Schemas["FileOutcome"]["outcome"];

export interface SentFile {
  path: string;
  outcome: Outcome | "failed";
  reason: string;
  detail: string;
}

type Phase = "idle" | "sending" | "closing" | "done" | "stopped" | "error";

export interface UploadState {
  phase: Phase;
  importId: string | null;
  filesAll: number;
  filesDone: number;
  bytesAll: number;
  bytesDone: number;
  /** True while the server is not reached and sending waits for it. */
  waiting: boolean;
  counts: Record<Outcome | "failed", number>;
  results: readonly SentFile[];
  failed: readonly Pick[];
  studies: readonly string[];
  error: unknown;
}

const zero: UploadState = {
  phase: "idle",
  importId: null,
  filesAll: 0,
  filesDone: 0,
  bytesAll: 0,
  bytesDone: 0,
  waiting: false,
  counts: { accepted: 0, duplicate: 0, set_aside: 0, failed: 0 },
  results: [],
  failed: [],
  studies: [],
  error: null,
};

/** The one upload of the page; it goes on while the person looks at other pages. */
export const useUpload = create<UploadState>(() => zero);

const parallel = 4;
const triesOffline = 60;
const pauseMs = 2000;

let abort = new AbortController();

function isOver(): boolean {
  return useUpload.getState().phase !== "sending";
}

/** Sends one file and reports its bytes as they go; throws an ApiError. */
function sendFile(importId: string, pick: Pick, signal: AbortSignal, onBytes: (sent: number) => void) {
  const form = new FormData();
  form.append("path", pick.path);
  form.append("file", pick.file);
  return uploadForm<Schemas["FileOutcomes"]>(`/api/imports/${importId}/files`, form, {
    signal,
    onSent: (sent) => onBytes(Math.min(sent, pick.file.size)),
  });
}

/** Sends a file, trying again while the server is not reached. */
async function sendPatiently(importId: string, pick: Pick, signal: AbortSignal) {
  let told = 0;
  const tell = (sent: number) => {
    const more = sent - told;
    told = sent;
    useUpload.setState((state) => ({ bytesDone: state.bytesDone + more, waiting: false }));
  };
  for (let attempt = 0; ; attempt += 1) {
    try {
      const outcomes = await sendFile(importId, pick, signal, tell);
      tell(pick.file.size);
      return outcomes;
    } catch (error) {
      tell(0);
      if (signal.aborted) throw error;
      const problem = asApiError(error);
      const passing = problem.passing || problem.status === 401;
      if (!passing || attempt >= triesOffline) throw problem;
      useUpload.setState({ waiting: true });
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      if (signal.aborted) throw error;
    }
  }
}

function record(files: readonly SentFile[], failed?: Pick): void {
  useUpload.setState((state) => {
    const counts = { ...state.counts };
    for (const file of files) counts[file.outcome] += 1;
    return {
      filesDone: state.filesDone + 1,
      counts,
      results: [...state.results, ...files],
      failed: failed ? [...state.failed, failed] : state.failed,
    };
  });
}

async function sendOne(importId: string, pick: Pick, signal: AbortSignal): Promise<void> {
  try {
    const { files } = await sendPatiently(importId, pick, signal);
    record(files.map(({ path, outcome, reason, detail }) => ({ path, outcome, reason: reason ?? "", detail })));
  } catch (error) {
    if (signal.aborted) return;
    record([{ path: pick.path, outcome: "failed", reason: "", detail: asApiError(error).message }], pick);
  }
}

/** Closes the import on the server, which then puts the series together. */
async function close(importId: string, ended: Phase): Promise<void> {
  const params = { params: { path: { import_id: importId } } };
  const closed = await take(client.POST("/api/imports/{import_id}/close", params));
  useUpload.setState({ phase: ended, studies: closed.studies });
}

/** Sends the files a few at a time, then closes the import. */
export async function startUpload(picks: readonly Pick[]): Promise<void> {
  abort = new AbortController();
  const { signal } = abort;
  const bytesAll = picks.reduce((sum, pick) => sum + pick.file.size, 0);
  useUpload.setState({ ...zero, phase: "sending", filesAll: picks.length, bytesAll });
  try {
    const batch = await take(client.POST("/api/imports", { body: { source: "browser" } }));
    useUpload.setState({ importId: batch.id });
    const queue = [...picks];
    const worker = async () => {
      for (let pick = queue.shift(); pick && !isOver(); pick = queue.shift()) await sendOne(batch.id, pick, signal);
    };
    await Promise.all(Array.from({ length: parallel }, worker));
    const stopped = signal.aborted;
    useUpload.setState({ phase: "closing", waiting: false });
    await close(batch.id, stopped ? "stopped" : "done");
  } catch (error) {
    useUpload.setState({ phase: "error", error });
  }
}

/** Stops sending; what the server already has is kept and put together. */
export function stopUpload(): void {
  useUpload.setState({ phase: "closing" });
  abort.abort();
}

export function resetUpload(): void {
  useUpload.setState(zero);
}
