/** The surfaces of all masks: made anew in a worker where a label has changed. */

import type { Grid } from "../grid";
import type { LabelGrid } from "../labelGrid";
import type { LabelLayers } from "../labelLayers";
import { Extents, cutOut, stepFor } from "./extents";
import type { SurfaceAnswer, SurfaceMesh, SurfaceRequest } from "./surfaceWorker";

export interface Surface {
  readonly value: number;
  readonly step: number;
  readonly mesh: SurfaceMesh;
}

interface Hooks {
  changed(): void;
  failed(error: Error): void;
}

/** Strokes come in a row: the surface waits until the hand rests. */
const REST_MS = 300;

export class Surfaces {
  private readonly hooks: Hooks;
  private readonly budget: number;
  private worker: Worker | null = null;
  private grid: Grid | null = null;
  private labels: LabelLayers | null = null;
  private extents = new Map<LabelGrid, Extents>();
  private readonly stamps = new Map<string, string>();
  private readonly steps = new Map<string, number>();
  private readonly made = new Map<string, Surface>();
  private readonly turns = new Map<string, number>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private waiting = 0;

  /** `budget`: voxels that one surface may be made of. */
  constructor(budget: number, hooks: Hooks) {
    this.budget = budget;
    this.hooks = hooks;
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.worker?.terminate();
    this.extents.forEach((extents) => extents.dispose());
  }

  get busy(): boolean {
    return this.waiting > 0 || this.timer !== undefined;
  }

  all(): readonly Surface[] {
    return [...this.made.values()];
  }

  /** Show the surfaces of other masks from now on. */
  open(labels: LabelLayers | null, grid: Grid | null): void {
    if (labels === this.labels && grid === this.grid) {
      return;
    }
    [this.labels, this.grid] = [labels, grid];
    this.extents.forEach((extents) => extents.dispose());
    this.extents = new Map();
    this.stamps.clear();
    this.made.clear();
    this.turns.forEach((turn, key) => this.turns.set(key, turn + 1));
    this.soon();
  }

  /** Masks have changed: look again once they rest. */
  soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.look();
      this.hooks.changed();
    }, REST_MS);
  }

  private look(): void {
    const { labels, grid } = this;
    const present = new Set<string>();
    for (const layer of grid ? (labels?.all() ?? []) : []) {
      const extents = this.extents.get(layer) ?? new Extents(layer);
      this.extents.set(layer, extents);
      for (const [value, extent] of extents.all()) {
        const key = `${labels?.all().indexOf(layer)}:${value}`;
        present.add(key);
        if (this.stamps.get(key) !== extent.stamp && grid) {
          this.stamps.set(key, extent.stamp);
          const step = stepFor(extent, this.budget);
          this.steps.set(key, step);
          this.ask({ key, turn: this.turn(key), ...cutOut(layer, value, extent, step), step, grid });
        }
      }
    }
    for (const key of [...this.stamps.keys()].filter((each) => !present.has(each))) {
      this.stamps.delete(key);
      this.made.delete(key);
      this.turn(key);
    }
  }

  private turn(key: string): number {
    const turn = (this.turns.get(key) ?? 0) + 1;
    this.turns.set(key, turn);
    return turn;
  }

  private ask(request: SurfaceRequest): void {
    this.worker ??= this.start();
    this.waiting += 1;
    this.worker.postMessage(request, [request.mask.buffer as ArrayBuffer]);
  }

  private start(): Worker {
    const worker = new Worker(new URL("./surfaceWorker.ts", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<SurfaceAnswer>) => {
      this.waiting -= 1;
      if ("message" in data) {
        this.hooks.failed(new Error(data.message));
      } else if (this.turns.get(data.key) === data.turn) {
        const value = Number(data.key.split(":")[1]);
        this.made.set(data.key, { value, step: this.steps.get(data.key) ?? 1, mesh: data.mesh });
      }
      this.hooks.changed();
    });
    worker.addEventListener("error", (event) => {
      this.waiting = 0;
      this.hooks.failed(new Error(event.message || "The worker for surfaces could not be started"));
    });
    return worker;
  }
}
