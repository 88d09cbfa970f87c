/** Edits and statistics off the page's own thread. One job at a time; to cancel it, the page ends the worker. */

import { runJob } from "./runJob";
import { Statistics, type LabelStatistics } from "./statistics";
import { EditError, type Job, type Outcome, type Pixels } from "./types";

export type Request =
  | { readonly kind: "edit"; readonly job: Job; readonly columns: number }
  /** `last`: answer with the sums of all slices since the last answer. */
  | { readonly kind: "statistics"; readonly labels: Uint8Array; readonly image: Pixels | null; readonly last: boolean };

export type Answer =
  | { readonly kind: "progress"; readonly share: number }
  | { readonly kind: "edited"; readonly outcome: Outcome }
  | { readonly kind: "statistics"; readonly rows: readonly LabelStatistics[] }
  | { readonly kind: "refused"; readonly code: string }
  | { readonly kind: "failed"; readonly message: string };

let statistics = new Statistics();

function answer(request: Request): void {
  if (request.kind === "statistics") {
    statistics.add(request.labels, request.image);
    if (request.last) {
      const rows = statistics.result();
      statistics = new Statistics();
      self.postMessage({ kind: "statistics", rows } satisfies Answer);
    }
    return;
  }
  const outcome = runJob(request.job, request.columns, (share) =>
    self.postMessage({ kind: "progress", share } satisfies Answer),
  );
  const buffers = [...outcome.target, ...outcome.other].map(({ runs }) => runs.buffer);
  self.postMessage({ kind: "edited", outcome } satisfies Answer, { transfer: buffers });
}

self.addEventListener("message", ({ data }: MessageEvent<Request>) => {
  try {
    answer(data);
  } catch (error) {
    const failed: Answer =
      error instanceof EditError
        ? { kind: "refused", code: error.code }
        : { kind: "failed", message: error instanceof Error ? error.message : String(error) };
    self.postMessage(failed);
  }
});
