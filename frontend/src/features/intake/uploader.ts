import { create } from "zustand";

import { closeImport, getImport, knownFiles, openImport } from "@/shared/api/archive";
import { asApiError, type ApiError } from "@/shared/api/errors";
import { queryClient } from "@/shared/api/queries";
import { uploadForm } from "@/shared/api/upload";

import { nameOf, type Pick } from "./collect";
import { Rate } from "./rate";
import { forgetImport, rememberedImport, rememberImport } from "./remembered";
import { backOff, isWorthWaiting, Transfer, type Door, type Progress, type Refused } from "./transfer";

export type Phase = "idle" | "sending" | "closing" | "done" | "stopped" | "error";

export interface UploadState extends Progress {
  phase: Phase;
  importId: string | null;
  name: string;
  filesAll: number;
  bytesAll: number;
  /** Bytes a second over the last seconds; null while it cannot be said. */
  rate: number | null;
  /** Files that were not taken at all, such as one that is too large. */
  refused: readonly Refused[];
  error: ApiError | null;
}

const zero: UploadState = {
  phase: "idle",
  importId: null,
  name: "",
  filesAll: 0,
  filesDone: 0,
  bytesAll: 0,
  bytesDone: 0,
  rate: null,
  offline: false,
  paused: false,
  held: null,
  refused: [],
  error: null,
};

/** The one upload of this tab; it goes on while the person looks at other pages. */
export const useUpload = create<UploadState>(() => zero);

let transfer: Transfer | null = null;

const recountEveryMs = 500;
let recounting: ReturnType<typeof setTimeout> | undefined;

/** Asks for the counts of the import anew, twice a second at most. */
function recount(importId: string): void {
  recounting ??= setTimeout(() => {
    recounting = undefined;
    void queryClient.invalidateQueries({ queryKey: ["imports", "one", importId] });
  }, recountEveryMs);
}

/** `opened` gives the import's id; it is called once there is something to send. */
function doorOf(opened: () => string): Door {
  return {
    async send(picks, signal, onSent) {
      const importId = opened();
      const form = new FormData();
      for (const { path, file } of picks) {
        form.append("path", path);
        form.append("file", file);
      }
      await uploadForm(`/api/imports/${importId}/files`, form, { signal, onSent });
      recount(importId);
    },
    async known(picks, signal) {
      const files = picks.map(({ path, file }) => ({ path, size_bytes: file.size }));
      return new Set((await knownFiles(opened(), files, signal)).known);
    },
  };
}

const shownEveryMs = 100;

/** Tells the page about progress a few times a second, however many requests are under way. */
function progressTeller(): (progress: Progress) => void {
  const rate = new Rate();
  let latest: Progress | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (progress) => {
    rate.add(progress.bytesDone, performance.now());
    latest = progress;
    timer ??= setTimeout(() => {
      timer = undefined;
      if (latest) useUpload.setState({ ...latest, rate: rate.perSecond() });
    }, shownEveryMs);
  };
}

/** The browser asks before it leaves the page while files are being sent. */
function holdPage(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

/** Returns an import, or null when it is gone. */
async function stillThere(importId: string) {
  try {
    return await getImport(importId);
  } catch (error) {
    if (asApiError(error).status === 404) return null;
    throw error;
  }
}

/** Calls the server until it answers; while it is away the page says so. */
async function patiently<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const answer = await run();
      useUpload.setState({ offline: false });
      return answer;
    } catch (thrown) {
      const error = asApiError(thrown);
      if (!isWorthWaiting(error, attempt)) throw error;
      useUpload.setState({ offline: true });
      await new Promise((resolve) => setTimeout(resolve, backOff(attempt)));
    }
  }
}

/** Opens an import, or goes on with the one that was interrupted; returns its id and whether it existed. */
async function takeUp(picks: readonly Pick[], bytesAll: number): Promise<{ importId: string; resumed: boolean }> {
  const before = rememberedImport();
  if (before) {
    const row = await patiently(() => stillThere(before.importId));
    if (row?.state === "open") return { importId: row.id, resumed: true };
  }
  const name = nameOf(picks);
  const row = await patiently(() => openImport(name));
  rememberImport({ importId: row.id, name, filesAll: picks.length, bytesAll });
  return { importId: row.id, resumed: false };
}

/** Sends the files, and closes the import; what an interrupted import already holds is not sent again. */
export async function startUpload(picks: readonly Pick[]): Promise<void> {
  const bytesAll = picks.reduce((sum, { file }) => sum + file.size, 0);
  useUpload.setState({ ...zero, phase: "sending", name: nameOf(picks), filesAll: picks.length, bytesAll });
  window.addEventListener("beforeunload", holdPage);
  let importId = "";
  const own = new Transfer({
    door: doorOf(() => importId),
    onProgress: progressTeller(),
    onRefused: (one) => useUpload.setState((state) => ({ refused: [...state.refused, one] })),
  });
  transfer = own; // from here on it can be paused and stopped, also while the import is being opened
  try {
    const taken = await takeUp(picks, bytesAll);
    ({ importId } = taken);
    useUpload.setState({ importId });
    await own.run(picks, taken.resumed);
    await endImport(importId, own.stopped ? "stopped" : "done");
  } catch (error) {
    const problem = asApiError(error);
    if (problem.code === "import_closed") forgetImport();
    useUpload.setState({ phase: "error", error: problem });
  } finally {
    transfer = null;
    window.removeEventListener("beforeunload", holdPage);
  }
}

/** Closes the import on the server, which then puts the series together. */
async function endImport(importId: string, ended: Phase): Promise<void> {
  useUpload.setState({ phase: "closing", offline: false, paused: false, held: null });
  const closed = await patiently(() => closeImport(importId));
  forgetImport();
  queryClient.setQueryData(["imports", "one", importId], closed);
  useUpload.setState((state) => ({
    phase: ended,
    ...(ended === "done" ? { filesDone: state.filesAll, bytesDone: state.bytesAll } : {}),
  }));
  await queryClient.invalidateQueries({ queryKey: ["imports"] });
}

/** Ends an import that was interrupted, keeping what it holds. */
export async function letGo(importId: string): Promise<void> {
  await closeImport(importId).catch((error: unknown) => {
    if (asApiError(error).status !== 404) throw error;
  });
  forgetImport();
}

export function pauseUpload(): void {
  transfer?.pause();
}

export function goOnUpload(): void {
  transfer?.goOn();
}

/** Stops sending; what the server already has is kept and put together. */
export function stopUpload(): void {
  transfer?.stop();
}

export function resetUpload(): void {
  useUpload.setState(zero);
}

if (typeof window !== "undefined") window.addEventListener("online", () => goOnAfterDrop());

/** The browser says that the network is back: do not wait for the next try. */
function goOnAfterDrop(): void {
  const { offline, paused } = useUpload.getState();
  if (offline && !paused) transfer?.goOn();
}
