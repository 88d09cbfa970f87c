/** The worker behind a promise: one job at a time, with progress, ended when it is cancelled. */

import type { LabelStatistics } from "./statistics";
import { EditError, type Job, type Outcome, type Pixels, type Progress } from "./types";
import type { Answer, Request } from "./worker";

export interface StatisticsSlice {
  readonly labels: Uint8Array;
  readonly image: Pixels | null;
}

export class Desk {
  private worker: Worker | null = null;
  private stop: ((reason: Error) => void) | null = null;

  get busy(): boolean {
    return this.stop !== null;
  }

  /** Rejects with EditError: what the job refuses, `busy`, or `cancelled`. The job's arrays go to the worker for good. */
  async edit(job: Job, columns: number, progress: Progress): Promise<Outcome> {
    const buffers = [job.labels, job.image, job.areaLabels, job.otherLabels].flatMap((part) =>
      part ? [part.buffer as ArrayBuffer] : [],
    );
    const answer = await this.ask([{ kind: "edit", job, columns }], buffers, progress);
    if (answer.kind !== "edited") {
      throw new Error(`The worker answered ${answer.kind}`);
    }
    return answer.outcome;
  }

  /** Statistics over slices, each copied to the worker as it comes. */
  async statistics(slices: readonly StatisticsSlice[]): Promise<readonly LabelStatistics[]> {
    const requests = slices.map(({ labels, image }, at): Request => ({
      kind: "statistics",
      labels,
      image,
      last: at === slices.length - 1,
    }));
    if (requests.length === 0) {
      return [];
    }
    const answer = await this.ask(requests, [], () => undefined);
    if (answer.kind !== "statistics") {
      throw new Error(`The worker answered ${answer.kind}`);
    }
    return answer.rows;
  }

  private ask(requests: readonly Request[], transfer: Transferable[], progress: Progress): Promise<Answer> {
    if (this.stop) {
      return Promise.reject(new EditError("busy"));
    }
    this.worker ??= new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    const { worker } = this;
    return new Promise<Answer>((resolve, reject) => {
      const listening = new AbortController();
      const { signal } = listening;
      const end = () => {
        this.stop = null;
        listening.abort();
      };
      const fail = (reason: Error) => {
        end();
        worker.terminate();
        this.worker = null;
        reject(reason);
      };
      const answered = ({ data }: MessageEvent<Answer>) => {
        if (data.kind === "progress") {
          progress(data.share);
          return;
        }
        end();
        if (data.kind === "refused") {
          reject(new EditError(data.code));
        } else if (data.kind === "failed") {
          reject(new Error(data.message));
        } else {
          resolve(data);
        }
      };
      const broken = (event: ErrorEvent) => fail(new Error(event.message || "The worker for edits did not start"));
      this.stop = fail;
      worker.addEventListener("message", answered, { signal });
      worker.addEventListener("error", broken, { signal });
      requests.forEach((request) => worker.postMessage(request, transfer));
    });
  }

  /** End the job under way; its promise rejects with EditError "cancelled". */
  cancel(): void {
    this.stop?.(new EditError("cancelled"));
  }

  dispose(): void {
    this.cancel();
    this.worker?.terminate();
    this.worker = null;
  }
}
