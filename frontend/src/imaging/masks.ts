/** The masks on the series that is marked: what is drawn, what is proposed, and how labels look. */

import type { Lent } from "./labelGrid";
import { LabelLayers, layersOf } from "./labelLayers";
import type { MaskLayer } from "./paneOverlay";
import type { Images } from "./source";
import type { FrameKey, FrameMask, LabelStyle } from "./types";

interface Hooks {
  /** What is drawn is another: paint again. */
  repaint(): void;
  /** Label values have changed, and nothing else: paint these again. */
  marked(): void;
  /** Labels look otherwise, or are shown or hidden. */
  restyled(): void;
  /** Label values have changed. */
  changed(): void;
  /** Whole frames came from outside: steps recorded before no longer fit. */
  replaced(): void;
  /** Other marks are seen than before: count them anew. */
  exchanged(): void;
}

export class Masks {
  private readonly hooks: Hooks;
  private images: Images | null = null;
  /** Drawn dashed: a draft of a model, and what an edit or a prompt would make. */
  private readonly proposed = new Map<"draft" | "preview", LabelLayers>();
  private stylesVersion = 0;
  private opacity = 0.4;
  /** Marks of an earlier revision, shown instead of the present ones; nothing can be changed meanwhile. */
  private past: LabelLayers | null = null;
  labels: LabelLayers | null = null;
  styles: ReadonlyMap<number, LabelStyle> = new Map();
  shown = true;

  constructor(hooks: Hooks) {
    this.hooks = hooks;
  }

  /** Start empty on other images. */
  open(images: Images): void {
    this.images = images;
    this.proposed.clear();
    this.past = null;
    this.labels = this.layersFor(images);
    this.labels.onChange(() => {
      this.hooks.marked();
      this.hooks.changed();
    });
    this.hooks.changed();
  }

  private layersFor(images: Images): LabelLayers {
    const labels = new LabelLayers(images.shapes);
    labels.setLayers(layersOf(this.styles));
    return labels;
  }

  /** Every frame of the open volume, on every layer. */
  get frameKeys(): readonly FrameKey[] {
    const layers = new Set([0, ...[...this.styles.values()].map(({ layer }) => layer ?? 0)]);
    return this.images?.shapes.flatMap(({ key }) => [...layers].map((layer) => ({ ...key, layer }))) ?? [];
  }

  /** Frames as they are now, without a copy, until they are given back. */
  lendFrames(keys: Iterable<FrameKey>): Lent {
    return this.labels?.lendFrames(keys) ?? { frames: [], release: () => undefined };
  }

  exportFrames(keys: Iterable<FrameKey>): FrameMask[] {
    return this.labels?.exportFrames(keys) ?? [];
  }

  /** Write whole frames as they come from the server. */
  importFrames(frames: Iterable<FrameMask>): void {
    this.labels?.importFrames(frames);
    this.hooks.replaced();
  }

  /** Show a proposal over the images, or take it away with null. */
  propose(what: "draft" | "preview", frames: readonly FrameMask[] | null): void {
    this.proposed.delete(what);
    if (frames && this.images) {
      const labels = this.layersFor(this.images);
      labels.importFrames(frames);
      this.proposed.set(what, labels);
    }
    this.hooks.repaint();
  }

  /** Show marks of an earlier revision instead of the present ones, or those again with null. */
  showPast(frames: readonly FrameMask[] | null): void {
    this.past = frames && this.images ? this.layersFor(this.images) : null;
    this.past?.importFrames(frames ?? []);
    this.hooks.repaint();
    this.hooks.changed();
    this.hooks.exchanged();
  }

  /** The marks that are seen. */
  get seen(): LabelLayers | null {
    return this.past ?? this.labels;
  }

  setLabels(styles: readonly LabelStyle[]): void {
    this.styles = new Map(styles.map((style) => [style.value, style]));
    this.labels?.setLayers(layersOf(this.styles));
    this.stylesVersion += 1;
    this.hooks.restyled();
  }

  setOpacity(opacity: number): void {
    this.opacity = opacity;
    this.hooks.repaint();
  }

  setShown(shown: boolean): void {
    this.shown = shown;
    this.hooks.restyled();
  }

  /** As panes draw them, the lowest first. */
  layers(): readonly MaskLayer[] {
    const { images, styles, stylesVersion, opacity } = this;
    if (!images) {
      return [];
    }
    const own = this.shown ? (this.seen?.all() ?? []) : [];
    const proposed = [...this.proposed.values()].flatMap((labels) => labels.all());
    const look = { images, styles, stylesVersion };
    return [
      ...own.map((labels) => ({ ...look, labels, opacity, dashed: false })),
      ...proposed.map((labels) => ({ ...look, labels, opacity: opacity * 0.6, dashed: true })),
    ];
  }

  voxelsByLabel(): ReadonlyMap<number, number> {
    return this.seen?.voxelsByLabel() ?? new Map();
  }

  /** Voxels of any label on one frame. */
  frameVoxels(sop: string, frame = 1): number {
    const keys = this.frameKeys.filter((key) => key.sop === sop && key.frame === frame);
    const masks = this.exportFrames(keys);
    return masks.reduce((sum, { labels }) => sum + labels.reduce((count, value) => count + Math.sign(value), 0), 0);
  }
}
