/** The viewport service: everything the reading room may ask of the images and the masks on them. */

import { Enums, cache, eventTarget } from "@cornerstonejs/core";

import { Emitter } from "./emitter";
import { startEngine, type Engine } from "./engine";
import { indexToWorld } from "./grid";
import { Hand, type BrushSettings, type HandContext } from "./hand";
import { clearHistory, historyState, onHistory, redo, undo, type HistoryState } from "./history";
import { LabelGrid } from "./labelGrid";
import { Lengths } from "./lengths";
import type { MaskLayer, Pane, PaneHost } from "./pane";
import { PaneSet } from "./paneSet";
import { openImages, type Images } from "./source";
import type {
  Backend,
  FrameKey,
  FrameMask,
  Hover,
  ImageSource,
  LabelStyle,
  LengthMeasurement,
  PaneName,
  PaneView,
  Range,
  Tool,
} from "./types";
import { percentileRange, presetsFor, toRange } from "./windows";

interface ViewerEvents {
  view: PaneView;
  hover: Hover | null;
  window: Range;
  loading: { loaded: number; total: number };
  history: HistoryState;
  lengths: readonly LengthMeasurement[];
  /** Frames changed since the last such event; `finished` when the hand is lifted, and for undo and redo. */
  marked: { keys: readonly FrameKey[]; tool: string; finished: boolean };
  counts: ReadonlyMap<number, number>;
  failed: Error;
}

interface VolumeProgress {
  readonly volumeId: string;
  readonly framesProcessed: number;
}

interface LoadError {
  readonly error?: unknown;
  readonly imageId?: string;
}

export class Viewer implements PaneHost {
  readonly events = new Emitter<ViewerEvents>();
  /** Where the panes look. */
  readonly views: PaneSet;
  readonly backend: Backend;
  private readonly stops: (() => void)[] = [];
  private readonly hand: Hand;
  private readonly lengthBook: Lengths;
  private images: Images | null = null;
  private labels: LabelGrid | null = null;
  private draft: LabelGrid | null = null;
  private styles: ReadonlyMap<number, LabelStyle> = new Map();
  private stylesVersion = 0;
  private opacity = 0.4;
  private masksShown = true;
  private readOnly = false;
  private range: Range = toRange(40, 400);
  private inverted = false;
  private opening = 0;

  private constructor(engine: Engine) {
    this.backend = engine.backend;
    this.views = new PaneSet(engine.rendering);
    this.hand = new Hand(this.handContext());
    this.lengthBook = new Lengths(
      () => this.views.all(),
      () => this.tellLengths(),
    );
    this.stops.push(
      onHistory(() => this.tellHistory()),
      listenTo(Enums.Events.IMAGE_VOLUME_MODIFIED, (detail) => this.onVolume(detail as VolumeProgress)),
      listenTo(Enums.Events.IMAGE_LOAD_ERROR, (detail) => this.onLoadError(detail as LoadError)),
      listenTo(Enums.Events.IMAGE_LOAD_FAILED, (detail) => this.onLoadError(detail as LoadError)),
    );
  }

  private handContext(): HandContext {
    return {
      now: () => {
        const { images, labels, styles, range: window, masksShown, readOnly } = this;
        return { images, labels, styles, window, masksShown, readOnly };
      },
      panes: () => this.views.all(),
      setWindow: (range) => this.setWindow(range),
      lookAt: (point) => this.views.lookAt(point),
      marked: (keys, tool, finished) => {
        this.events.emit("marked", { keys, tool, finished });
        this.tellCounts();
      },
      hovered: (hover) => this.events.emit("hover", hover),
      recorded: () => this.tellHistory(),
    };
  }

  /** Start the engine. Rejects with NoWebGlError where the browser cannot draw. */
  static async create(): Promise<Viewer> {
    return new Viewer(await startEngine());
  }

  dispose(): void {
    this.views.all().forEach((pane) => this.detach(pane));
    for (const stop of this.stops) {
      stop();
    }
    this.images?.volume?.cancelLoading?.();
    this.lengthBook.dispose();
    clearHistory();
  }

  /** Use an element as a pane; returns how to give it back. */
  attach(name: PaneName, element: HTMLDivElement): () => void {
    const before = this.views.find(name);
    if (before) {
      this.detach(before);
    }
    const pane = this.views.add(name, element, this, this.hand);
    this.hand.dress(pane);
    if (this.images) {
      void this.showIn(pane, this.images);
    }
    return () => this.detach(pane);
  }

  private detach(pane: Pane): void {
    if (this.views.find(pane.name) === pane) {
      this.hand.leave(pane);
      this.views.remove(pane.name);
    }
  }

  /** Open images in all panes. Masks start empty: import them next. The undo history starts anew. */
  async open(source: ImageSource): Promise<void> {
    const turn = ++this.opening;
    const images = await openImages(source);
    if (turn !== this.opening) {
      return;
    }
    if (this.images?.volume !== images.volume) {
      this.images?.volume?.cancelLoading?.();
    }
    this.images = images;
    this.views.grid = images.grid;
    this.draft = null;
    this.labels = new LabelGrid(images.shapes);
    this.labels.onChange(() => this.repaint());
    this.lengthBook.open(images);
    this.forgetHistory();
    const preset = presetsFor(source.modality)[0];
    this.range = preset ? toRange(preset.center, preset.width) : this.range;
    this.inverted = false;
    this.events.emit("window", this.range);
    if (images.volume) {
      const { volume } = images;
      volume.load();
      this.onVolume({
        volumeId: volume.volumeId,
        framesProcessed: volume.loadStatus?.loaded ? images.imageIds.length : 0,
      });
    }
    await Promise.all(this.views.all().map((pane) => this.showIn(pane, images)));
  }

  private async showIn(pane: Pane, images: Images): Promise<void> {
    if (!images.grid && pane.name !== "stack") {
      return;
    }
    const preset = presetsFor(images.source.modality).length > 0;
    try {
      await pane.show(images, preset ? this.range : null);
      if (!preset && images.volume?.loadStatus?.loaded) {
        this.resetWindow();
      } else if (!preset && !images.volume && pane.ownWindow) {
        this.range = pane.ownWindow;
        this.events.emit("window", this.range);
      }
      this.rendered(pane);
    } catch (error) {
      this.events.emit("failed", error instanceof Error ? error : new Error(String(error)));
    }
  }

  private onVolume(detail: VolumeProgress): void {
    const { images } = this;
    if (!images?.volume || detail.volumeId !== images.volume.volumeId) {
      return;
    }
    const total = images.imageIds.length;
    this.events.emit("loading", { loaded: detail.framesProcessed, total });
    if (detail.framesProcessed >= total && presetsFor(images.source.modality).length === 0) {
      this.resetWindow();
    }
  }

  private onLoadError(detail: LoadError): void {
    const reason = detail.error instanceof Error ? detail.error.message : String(detail.error ?? detail.imageId ?? "");
    this.events.emit("failed", new Error(reason));
  }

  // ── masks ────────────────────────────────────────────────────────────────

  /** Every frame of the open volume. */
  get frameKeys(): readonly FrameKey[] {
    return this.images?.shapes.map((shape) => shape.key) ?? [];
  }

  exportFrames(keys: Iterable<FrameKey>): FrameMask[] {
    return this.labels?.exportFrames(keys) ?? [];
  }

  /** Write whole frames as they come from the server. Steps recorded before no longer fit, so they are forgotten. */
  importFrames(frames: Iterable<FrameMask>): void {
    this.labels?.importFrames(frames);
    this.forgetHistory();
    this.tellCounts();
  }

  /** Show a proposal over the images, or take it away with null. */
  showDraft(frames: readonly FrameMask[] | null): void {
    this.draft = frames && this.images ? new LabelGrid(this.images.shapes) : null;
    this.draft?.importFrames(frames ?? []);
    this.repaint();
  }

  setLabels(styles: readonly LabelStyle[]): void {
    this.styles = new Map(styles.map((style) => [style.value, style]));
    this.stylesVersion += 1;
    this.repaint();
  }

  setOpacity(opacity: number): void {
    this.opacity = opacity;
    this.repaint();
  }

  setMasksShown(shown: boolean): void {
    this.masksShown = shown;
    this.repaint();
  }

  masks(): readonly MaskLayer[] {
    const { styles, stylesVersion, opacity } = this;
    const own =
      this.labels && this.masksShown ? [{ labels: this.labels, styles, stylesVersion, opacity, dashed: false }] : [];
    const draft = this.draft
      ? [{ labels: this.draft, styles, stylesVersion, opacity: opacity * 0.6, dashed: true }]
      : [];
    return [...own, ...draft];
  }

  voxelsByLabel(): ReadonlyMap<number, number> {
    return this.labels?.voxelsByLabel() ?? new Map();
  }

  /** Voxels of any label on one frame. */
  frameVoxels(sop: string, frame = 1): number {
    const [mask] = this.exportFrames([{ sop, frame, layer: 0 }]);
    return mask?.labels.reduce((count, value) => count + (value === 0 ? 0 : 1), 0) ?? 0;
  }

  /** False where the images do not say how large a pixel is: lengths cannot be told there. */
  get scaled(): boolean {
    return this.images?.scaled ?? false;
  }

  /** Volume of one voxel, or null where the images have no regular grid. */
  get voxelMl(): number | null {
    const grid = this.images?.grid;
    return grid ? (grid.spacing[0] * grid.spacing[1] * grid.spacing[2]) / 1000 : null;
  }

  // ── tools ────────────────────────────────────────────────────────────────

  setTool(tool: Tool): void {
    this.hand.setTool(tool);
  }

  setBrush(brush: BrushSettings): void {
    this.hand.setBrush(brush);
  }

  setReadOnly(readOnly: boolean): void {
    this.readOnly = readOnly;
    this.lengthBook.lock(readOnly);
    this.hand.setTool(this.hand.tool());
  }

  undo(): void {
    this.step(undo, "undo");
  }

  redo(): void {
    this.step(redo, "redo");
  }

  private step(run: () => void, tool: string): void {
    if (this.readOnly || this.hand.busy || !this.labels) {
      return;
    }
    const slices = new Set<number>();
    const stop = this.labels.onChange((changed) => changed.forEach((slice) => slices.add(slice)));
    run();
    stop();
    if (slices.size > 0) {
      this.events.emit("marked", { keys: this.labels.keysOf(slices), tool, finished: true });
      this.tellCounts();
    }
    this.tellHistory();
    this.tellLengths();
  }

  private forgetHistory(): void {
    clearHistory();
    this.tellHistory();
  }

  private tellHistory(): void {
    this.events.emit("history", historyState());
  }

  private tellCounts(): void {
    this.events.emit("counts", this.voxelsByLabel());
  }

  private tellLengths(): void {
    this.events.emit("lengths", this.lengths());
    this.tellHistory();
  }

  lengths(): readonly LengthMeasurement[] {
    return this.lengthBook.all();
  }

  /** Show these lengths and no others (state from the server). */
  restoreLengths(lengths: readonly LengthMeasurement[]): void {
    this.lengthBook.restore(lengths, this.readOnly);
  }

  removeLength(key: string): void {
    if (!this.readOnly) {
      this.lengthBook.remove(key);
      this.tellLengths();
    }
  }

  // ── view ─────────────────────────────────────────────────────────────────

  /** Go to the next frame on which a label occurs, after the present one, and start over at the end. */
  nextWithLabel(value: number): void {
    const slices = this.labels?.slicesWith(value) ?? [];
    const grid = this.images?.grid;
    const present = this.views.acquiredSlice;
    const next = slices.find((slice) => slice > present) ?? slices[0];
    if (next === undefined) {
      return;
    }
    if (grid) {
      const labels = this.labels?.peek(next) ?? new Uint8Array();
      const at = labels.indexOf(value);
      this.views.lookAt(indexToWorld(grid, [at % grid.size[0], Math.floor(at / grid.size[0]), next]));
    } else {
      this.views.goTo("stack", next);
    }
  }

  setWindow(range: Range): void {
    this.range = range;
    this.views.ready().forEach((pane) => pane.setWindow(range));
    this.events.emit("window", range);
  }

  /** The modality's first preset, or the 1st to 99th percentile of the middle frame. */
  resetWindow(): void {
    const { images } = this;
    if (!images) {
      return;
    }
    const preset = presetsFor(images.source.modality)[0];
    const image = cache.getImage(images.imageIds[Math.floor(images.imageIds.length / 2)] ?? "");
    if (preset) {
      this.setWindow(toRange(preset.center, preset.width));
    } else if (!images.volume) {
      const own = this.views.ready()[0]?.ownWindow;
      if (own) {
        this.setWindow(own);
      }
    } else if (image) {
      this.setWindow(percentileRange(image.voxelManager?.getScalarData() ?? image.getPixelData(), 1, 99));
    }
  }

  toggleInvert(): void {
    this.inverted = !this.inverted;
    this.views.ready().forEach((pane) => pane.setInvert(this.inverted));
  }

  /** Window, zoom, pan, rotation and inversion as they were at the start. */
  reset(): void {
    this.inverted = false;
    this.views.ready().forEach((pane) => {
      pane.setInvert(false);
      pane.fit();
    });
    this.resetWindow();
  }

  resized(): void {
    this.views.resize();
  }

  rendered(pane: Pane): void {
    if (pane.ready) {
      this.events.emit("view", pane.state());
      this.views.repaint(pane);
    }
  }

  referenceLines(pane: Pane): ReturnType<PaneSet["linesIn"]> {
    return this.views.linesIn(pane);
  }

  private repaint(): void {
    this.views.repaint();
  }
}

function listenTo(name: string, handle: (detail: unknown) => void): () => void {
  const listener = (event: Event) => handle((event as CustomEvent).detail);
  eventTarget.addEventListener(name, listener);
  return () => eventTarget.removeEventListener(name, listener);
}
