/** Edits of whole labels: each is worked out in the worker, written in one go, and undone as one step. */

import type { Grid } from "../grid";
import { recordStep } from "../history";
import type { LabelLayers, LayerRuns } from "../labelLayers";
import type { Images } from "../source";
import type { FrameMask, LabelStyle, Vec3 } from "../types";
import { cutImage, cutLabels, wholeOf } from "./cutter";
import { Desk, type StatisticsSlice } from "./desk";
import { planOf, type Plan } from "./plan";
import { voxelMap, type Motion } from "./resample";
import type { EditRequest, EditSettings } from "./settings";
import type { LabelStatistics } from "./statistics";
import { EditError, type Job, type Outcome, type Region } from "./types";
import { sliceValues } from "./values";

export interface EditState {
  readonly images: Images | null;
  readonly labels: LabelLayers | null;
  readonly styles: ReadonlyMap<number, LabelStyle>;
  readonly masksShown: boolean;
  readonly readOnly: boolean;
  readonly settings: EditSettings;
}

/** What the page shows while an edit goes on, and of one that waits for a yes. */
export interface EditStatus {
  readonly tool: string;
  /** 0 to 1 while it is worked out; null while it waits to be taken. */
  readonly share: number | null;
}

export interface EditHost {
  now(): EditState;
  /** Frames changed by a whole step. */
  edited(edits: readonly LayerRuns[], tool: string): void;
  status(status: EditStatus | null): void;
  /** Show what an edit would make, or take it away. */
  preview(frames: readonly FrameMask[] | null): void;
}

/** Labels of other images to copy from. */
export interface CopySource {
  readonly grid: Grid;
  /** Labels by slice of that grid, null where a slice is empty. */
  readonly slices: readonly (Uint8Array | null)[];
  readonly label: number;
  /** From places of the open images to the same places of those; null: positions count as they are. */
  readonly motion: Motion | null;
}

interface Waiting {
  readonly edits: readonly LayerRuns[];
  readonly tool: string;
  readonly versions: string;
}

export class Editor {
  private readonly host: EditHost;
  private readonly desk = new Desk();
  /** Statistics have a worker of their own, so that an edit never waits for them. */
  private readonly figures = new Desk();
  private waiting: Waiting | null = null;
  /** What an edit needs is fetched. */
  private fetching: AbortController | null = null;

  constructor(host: EditHost) {
    this.host = host;
  }

  /** Something is worked out or waits for a yes: marks must stay as they are until it is over. */
  get busy(): boolean {
    return this.desk.busy || this.waiting !== null || this.fetching !== null;
  }

  /** Edit a label as a whole. Resolves to the voxels that changed; rejects with EditError. */
  async edit(label: number, request: EditRequest): Promise<number> {
    const { labels, images } = this.ready(label);
    if (!images.grid) {
      throw new EditError("noVolume");
    }
    const { size, spacing } = images.grid;
    const seeds = this.free().filter((value) => labels.layerOf(value) === labels.layerOf(label));
    const plan = planOf(request, { labels, size, spacing, label, seeds });
    return this.carryOut(label, plan, spacing, request.kind === "seeds");
  }

  /** Carry out a tool's operation in a box. */
  async apply(label: number, plan: Omit<Plan, "other">, spacing: Vec3): Promise<number> {
    this.ready(label);
    return this.carryOut(label, { ...plan, other: null }, spacing, false);
  }

  /** Add a label of other images to this one, by where it lies in the patient. `find` may take long, and be aborted. */
  async copy(label: number, find: (signal: AbortSignal) => Promise<CopySource>): Promise<number> {
    const { images } = this.ready(label);
    if (!images.grid) {
      throw new EditError("noVolume");
    }
    const source = await this.fetched(find, "copy");
    if (this.ready(label).images !== images) {
      throw new EditError("changedMeanwhile");
    }
    const { size } = source.grid;
    const dense = new Uint8Array(size[0] * size[1] * size[2]);
    source.slices.forEach((slice, k) => slice && dense.set(slice, k * size[0] * size[1]));
    if (!dense.includes(source.label)) {
      throw new EditError("emptyLabel");
    }
    const region = wholeOf(images.grid.size);
    const map = voxelMap(images.grid, region, source.grid, source.motion);
    const operation = { kind: "copy", source: dense, sourceSize: size, value: source.label, map } as const;
    return this.carryOut(label, { operation, region, tool: "copy", other: null }, images.grid.spacing, false);
  }

  private async fetched<Thing>(find: (signal: AbortSignal) => Promise<Thing>, tool: string): Promise<Thing> {
    const fetching = new AbortController();
    this.fetching = fetching;
    this.host.status({ tool, share: 0 });
    try {
      const found = await find(fetching.signal);
      if (fetching.signal.aborted) {
        throw new EditError("cancelled");
      }
      return found;
    } catch (error) {
      throw fetching.signal.aborted ? new EditError("cancelled") : error;
    } finally {
      this.fetching = null;
      this.host.status(null);
    }
  }

  /** Take what a preview shows. */
  accept(): number {
    const { waiting } = this;
    const { labels } = this.host.now();
    this.drop();
    if (!waiting || !labels) {
      return 0;
    }
    return this.write(labels, waiting);
  }

  /** End what is under way, or take a preview away. */
  cancel(): void {
    this.fetching?.abort();
    this.desk.cancel();
    this.drop();
  }

  private drop(): void {
    if (this.waiting) {
      this.waiting = null;
      this.host.preview(null);
      this.host.status(null);
    }
  }

  dispose(): void {
    this.fetching?.abort();
    this.drop();
    this.desk.dispose();
    this.figures.dispose();
  }

  /** Voxels and grey values of every label. Asked again meanwhile, the first answer is "cancelled". */
  async statistics(): Promise<readonly LabelStatistics[]> {
    const { labels, images } = this.host.now();
    const slices: StatisticsSlice[] = [];
    if (!labels || !images) {
      return [];
    }
    for (const grid of labels.all()) {
      for (let k = 0; k < grid.depth; k += 1) {
        const here = grid.peek(k);
        if (here?.some((value) => value !== 0)) {
          slices.push({ labels: here, image: sliceValues(images, k) });
        }
      }
    }
    this.figures.cancel();
    return this.figures.statistics(slices);
  }

  private ready(label: number): { labels: LabelLayers; images: Images } {
    const { labels, images, readOnly, masksShown } = this.host.now();
    if (!labels || !images || readOnly) {
      throw new EditError("readOnly");
    }
    if (!masksShown) {
      throw new EditError("masksHidden");
    }
    if (!this.free().includes(label)) {
      throw new EditError("lockedLabel");
    }
    if (this.busy) {
      throw new EditError("busy");
    }
    return { labels, images };
  }

  private free(): number[] {
    const styles = [...this.host.now().styles.values()];
    return styles.filter(({ locked, visible }) => !locked && visible).map(({ value }) => value);
  }

  private async carryOut(label: number, plan: Plan, spacing: Vec3, preview: boolean): Promise<number> {
    const { labels, images } = this.host.now();
    if (!labels || !images) {
      return 0;
    }
    const { tool } = plan;
    const job = this.jobOf(label, plan, spacing, labels, images);
    const { columns } = labels.layer(0).shape(plan.region.lo[2]);
    const versions = versionsOf(labels);
    this.host.status({ tool, share: 0 });
    let outcome: Outcome;
    try {
      outcome = await this.desk.edit(job, columns, (share) => this.host.status({ tool, share }));
    } finally {
      this.host.status(null);
    }
    const edits = [
      { layer: labels.layerOf(label), steps: outcome.target },
      { layer: labels.layerOf(plan.other ?? label), steps: outcome.other },
    ].filter(({ steps }) => steps.length > 0);
    if (preview && edits.length > 0) {
      this.waiting = { edits, tool, versions };
      this.host.preview(after(labels, edits));
      this.host.status({ tool, share: null });
      return changedBy(edits);
    }
    return this.write(labels, { edits, tool, versions });
  }

  private jobOf(label: number, plan: Plan, spacing: Vec3, labels: LabelLayers, images: Images): Job {
    const { styles, settings } = this.host.now();
    const { region, operation, other } = plan;
    const { rules } = settings;
    const target = labels.of(label);
    const beside = (value: number | null): Uint8Array | null =>
      value === null || labels.of(value) === target ? null : cutLabels(labels.of(value), region);
    const values = operation.kind === "flood" || operation.kind === "grow" || operation.kind === "seeds" || rules.range;
    return {
      region,
      spacing,
      target: label,
      labels: cutLabels(target, region),
      image: values ? this.imageOf(images, region) : null,
      areaLabels: beside(rules.area?.label ?? null),
      otherLabels: beside(other),
      locked: [...styles.values()].filter((style) => style.locked || !style.visible).map(({ value }) => value),
      rules,
      operation,
    };
  }

  private imageOf(images: Images, region: Region) {
    const columns = images.shapes[region.lo[2]]?.columns ?? 0;
    const image = cutImage((k) => sliceValues(images, k), columns, region);
    if (!image) {
      throw new EditError("noValues");
    }
    return image;
  }

  /** Raises EditError `changedMeanwhile` where marks came from elsewhere while the edit was worked out. */
  private write(labels: LabelLayers, { edits, tool, versions }: Waiting): number {
    const { labels: present, readOnly } = this.host.now();
    if (present !== labels || readOnly || versionsOf(labels) !== versions) {
      throw new EditError("changedMeanwhile");
    }
    if (edits.length > 0) {
      labels.applyRuns(edits, false);
      recordStep(labels, edits);
      this.host.edited(edits, tool);
    }
    return changedBy(edits);
  }
}

const versionsOf = (labels: LabelLayers): string =>
  labels
    .all()
    .map(({ version }) => version)
    .join();

/** Frames as they would be after an edit. */
function after(labels: LabelLayers, edits: readonly LayerRuns[]): FrameMask[] {
  return edits.flatMap(({ layer, steps }) => {
    const grid = labels.layer(layer);
    return steps.flatMap(({ slice, runs }) => {
      const frames = grid.exportFrames(grid.keysOf([slice]));
      for (const { labels: values } of frames) {
        for (let at = 0; at < runs.length; at += 4) {
          const start = runs[at] ?? 0;
          values.fill(runs[at + 3] ?? 0, start, start + (runs[at + 1] ?? 0));
        }
      }
      return frames;
    });
  });
}

function changedBy(edits: readonly LayerRuns[]): number {
  let count = 0;
  for (const { steps } of edits) {
    for (const { runs } of steps) {
      for (let at = 1; at < runs.length; at += 4) {
        count += runs[at] ?? 0;
      }
    }
  }
  return count;
}

/** Wait for an edit; false when it was refused, failed or cancelled. A cancelled one is nothing to speak of. */
export async function watched(
  edit: Promise<unknown>,
  say: { refused: (code: string) => void; failed: (error: Error) => void },
): Promise<boolean> {
  try {
    await edit;
    return true;
  } catch (error) {
    if (!(error instanceof EditError)) {
      say.failed(error instanceof Error ? error : new Error(String(error)));
    } else if (error.code !== "cancelled") {
      say.refused(error.code);
    }
    return false;
  }
}
