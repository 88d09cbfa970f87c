/** The labels of the open images, layer by layer: labels of one layer exclude each other, those of two may overlap. */

import { LabelGrid, type Lent, type Runs, type SliceShape } from "./labelGrid";
import type { FrameKey, FrameMask, LabelStyle, Vec3 } from "./types";

/** What one step changed in one layer. */
export interface LayerRuns {
  readonly layer: number;
  readonly steps: readonly Runs[];
}

export class LabelLayers {
  readonly shapes: readonly SliceShape[];
  private readonly grids = new Map<number, LabelGrid>();
  private readonly listeners = new Set<(keys: readonly FrameKey[]) => void>();
  private layers: ReadonlyMap<number, number> = new Map();

  constructor(shapes: readonly SliceShape[]) {
    this.shapes = shapes;
    this.layer(0);
  }

  get depth(): number {
    return this.shapes.length;
  }

  /** Say on which layer each label value lies; values that are not named lie on layer 0. */
  setLayers(layers: ReadonlyMap<number, number>): void {
    this.layers = layers;
  }

  layerOf(value: number): number {
    return this.layers.get(value) ?? 0;
  }

  /** The grid on which a label lies. */
  of(value: number): LabelGrid {
    return this.layer(this.layerOf(value));
  }

  /** The grid of a layer, made when first needed. */
  layer(layer: number): LabelGrid {
    const known = this.grids.get(layer);
    if (known) {
      return known;
    }
    const grid = new LabelGrid(this.shapes.map((shape) => ({ ...shape, key: { ...shape.key, layer } })));
    grid.onChange((slices) => this.tell(grid.keysOf(slices)));
    this.grids.set(layer, grid);
    return grid;
  }

  /** Every layer that is in use, the lowest first. */
  all(): readonly LabelGrid[] {
    return [...this.grids].sort(([one], [two]) => one - two).map(([, grid]) => grid);
  }

  /** Subscribe to changed frames; returns the unsubscriber. */
  onChange(listener: (keys: readonly FrameKey[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private tell(keys: readonly FrameKey[]): void {
    for (const listener of this.listeners) {
      listener(keys);
    }
  }

  /** The label of a voxel, on the highest layer that has one there. */
  at(index: Vec3): number {
    return this.all().reduce((found, grid) => grid.at(index) || found, 0);
  }

  voxelsByLabel(): Map<number, number> {
    const counts = new Map<number, number>();
    for (const grid of this.grids.values()) {
      grid.voxelsByLabel().forEach((count, value) => counts.set(value, (counts.get(value) ?? 0) + count));
    }
    return counts;
  }

  /** The wanted frames for a while (see `Lent`); frames of another volume are left out. */
  lendFrames(keys: Iterable<FrameKey>): Lent {
    const parts = [...keys].map((key) => this.layer(key.layer).lendFrames([key]));
    return {
      frames: parts.flatMap(({ frames }) => frames),
      release: () => parts.forEach(({ release }) => release()),
    };
  }

  /** Copies of the wanted frames; frames of another volume are left out. */
  exportFrames(keys: Iterable<FrameKey>): FrameMask[] {
    return [...keys].flatMap((key) => this.layer(key.layer).exportFrames([key]));
  }

  /** Replace whole frames; frames of another volume are ignored. Throws RangeError when a shape does not fit. */
  importFrames(frames: Iterable<FrameMask>): void {
    const byLayer = new Map<number, FrameMask[]>();
    for (const frame of frames) {
      byLayer.set(frame.layer, [...(byLayer.get(frame.layer) ?? []), frame]);
    }
    byLayer.forEach((group, layer) => this.layer(layer).importFrames(group));
  }

  /** Write what a step changed, or take it back. */
  applyRuns(edits: readonly LayerRuns[], undo: boolean): void {
    for (const { layer, steps } of edits) {
      this.layer(layer).applyRuns(steps, undo);
    }
  }
}

/** The layer of each label. */
export const layersOf = (styles: ReadonlyMap<number, LabelStyle>): ReadonlyMap<number, number> =>
  new Map([...styles.values()].map(({ value, layer }) => [value, layer ?? 0]));
