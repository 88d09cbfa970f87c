/** The viewport service: everything the reading room may ask of the images and the masks on them. */

import { Display } from "./display";
import { Editor, watched, type EditState } from "./edits/editor";
import { FIRST_SETTINGS, type EditSettings } from "./edits/settings";
import { Emitter } from "./emitter";
import { startEngine, type Engine } from "./engine";
import { Hand } from "./hand";
import { clearHistory, historyState, onHistory, redo, undo } from "./history";
import type { LayerRuns } from "./labelLayers";
import type { PaneSpec, Slot } from "./layouts";
import { Lens } from "./lens";
import { onFrame } from "./loading";
import { Masks } from "./masks";
import { Measurements } from "./measurements/book";
import { painted } from "./painted";
import type { Pane, PaneHost } from "./pane";
import type { PaneLine } from "./paneOverlay";
import { PaneSet } from "./paneSet";
import { noEngine, type PromptAsker } from "./prompts";
import { Slots } from "./slots";
import { Solids } from "./solid/solids";
import type { Images } from "./source";
import type { BrushSettings, ToolKey } from "./tools/handTool";
import type { Backend, FrameKey, ImageSource, Tool } from "./types";
import type { ViewerEvents } from "./viewerEvents";
import { handContext, solidHost } from "./wiring";

export class Viewer implements PaneHost {
  readonly events = new Emitter<ViewerEvents>();
  /** Where the panes look. */
  readonly views: PaneSet;
  /** How the series look. */
  readonly display: Display;
  /** What is drawn on the series that is marked. */
  readonly masks: Masks;
  /** The panes in 3-D. */
  readonly solids: Solids;
  readonly backend: Backend;
  /** What files lay over their images is drawn. */
  graphics = true;
  /** The way to the engine that turns prompts into masks; the page brings it. */
  askPrompt: PromptAsker = noEngine;
  private readonly slots: Slots;
  private readonly stops: (() => void)[] = [];
  private readonly hand: Hand;
  readonly measurements: Measurements;
  /** Edits of whole labels. */
  readonly editor: Editor;
  private settings: EditSettings = FIRST_SETTINGS;
  private images: Images | null = null;
  private readOnly = false;

  private constructor(engine: Engine) {
    this.backend = engine.backend;
    this.views = new PaneSet(engine.rendering, () => this.drawing);
    this.masks = new Masks({
      repaint: () => this.repaint(),
      marked: () => this.views.repaintMarks(),
      restyled: () => {
        this.repaint();
        this.solids.stylesChanged();
      },
      changed: () => this.solids.masksChanged(),
      replaced: () => {
        this.forgetHistory();
        this.tellCounts();
      },
      exchanged: () => this.tellCounts(),
    });
    this.solids = new Solids(
      solidHost(
        this,
        () => this.hand.tool(),
        (slot) => this.slots.get(slot),
      ),
    );
    this.slots = new Slots({
      progress: (progress) => this.events.emit("loading", progress),
      loaded: (slot) => {
        this.display.loaded(slot);
        this.solids.loaded(slot);
      },
      failed: (error) => {
        this.events.emit("failed", error);
        this.views.frameFailed();
      },
    });
    this.display = new Display(
      this.views,
      (slot) => this.slots.get(slot),
      (slot, look) => {
        this.events.emit("look", { slot, look });
        this.solids.looked(slot);
      },
    );
    this.editor = new Editor({
      now: () => this.editState(),
      edited: (edits, tool) => this.edited(edits, tool),
      status: (status) => this.events.emit("edit", status),
      preview: (frames) => this.masks.propose("preview", frames),
    });
    this.measurements = new Measurements({
      now: () => this.editState(),
      changed: () => this.tellMeasurements(),
      settled: (key, measurement) => this.events.emit("settled", { key, measurement }),
      added: ({ key }) => this.events.emit("measured", key),
      repaint: () => this.repaint(),
    });
    this.hand = new Hand(
      handContext(this, {
        now: () => this.editState(),
        lens: new Lens(engine.rendering, this),
        counted: () => this.tellCounts(),
        recorded: () => this.tellHistory(),
      }),
    );
    this.stops.push(
      onHistory(() => this.tellHistory()),
      onFrame((volumeId, index) => this.views.frameCame(volumeId, index)),
    );
  }

  private editState(): EditState {
    const { images, readOnly, settings } = this;
    const { seen: labels, styles, shown: masksShown } = this.masks;
    return { images, labels, styles, masksShown, readOnly, settings };
  }

  /** Start the engine. Rejects with NoWebGlError where the browser cannot draw. */
  static async create(): Promise<Viewer> {
    return new Viewer(await startEngine());
  }

  dispose(): void {
    this.views.all().forEach((pane) => this.detach(pane));
    this.stops.forEach((stop) => stop());
    this.editor.dispose();
    this.solids.dispose();
    this.slots.dispose();
    clearHistory();
  }

  /** Use an element as a pane; returns how to give it back. */
  attach(spec: PaneSpec, element: HTMLDivElement): () => void {
    if (spec.kind === "volume") {
      return this.solids.attach(spec, element);
    }
    const before = this.views.find(spec.id);
    if (before) {
      this.detach(before);
    }
    const pane = this.views.add(spec, element, this, this.hand);
    this.hand.dress(pane);
    void this.showIn(pane);
    return () => this.detach(pane);
  }

  private detach(pane: Pane): void {
    if (this.views.find(pane.name) === pane) {
      this.hand.leave(pane);
      this.views.remove(pane.name);
    }
  }

  // ── series ───────────────────────────────────────────────────────────────

  /** Open the series that marks are made on. Masks start empty: import them next. The undo history starts anew. */
  async open(source: ImageSource): Promise<void> {
    const images = await this.slots.open("main", source);
    if (!images) {
      return;
    }
    this.images = images;
    this.views.crosshair = null;
    this.editor.cancel();
    this.hand.key("Escape");
    this.masks.open(images);
    this.measurements.clear();
    this.forgetHistory();
    await this.shown("main", images);
  }

  /** Show a series beside the one that is marked, or none with null. */
  async openBeside(slot: Exclude<Slot, "main">, source: ImageSource | null): Promise<void> {
    if (!source) {
      this.slots.close(slot);
      return;
    }
    const images = await this.slots.open(slot, source);
    if (images) {
      await this.shown(slot, images);
    }
  }

  private async shown(slot: Slot, images: Images): Promise<void> {
    this.display.open(slot, images);
    this.solids.shown(slot);
    this.slots.load(slot);
    const panes = this.views.all().filter(({ spec }) => spec.slot === slot || spec.fusion?.slot === slot);
    await Promise.all(panes.slice(0, 1).map((pane) => this.showIn(pane)));
    if (panes.length > 1) {
      await painted(); // the first image is seen while the others are being made
    }
    const others = panes.slice(1).filter((pane) => this.views.find(pane.name) === pane);
    await Promise.all(others.map((pane) => this.showIn(pane)));
  }

  private async showIn(pane: Pane): Promise<void> {
    const { slot, fusion } = pane.spec;
    const images = this.slots.get(slot);
    if (!images) {
      return;
    }
    try {
      await pane.once(async () => {
        const before = this.views.memoryOf(pane.name);
        await pane.show(images, this.display.look(slot), fusion ? this.slots.get(fusion.slot) : null, before);
        if (before?.images !== images || slot !== "main") {
          this.views.place(pane);
        }
        this.display.fuse(pane);
        if (!this.display.look(slot).window && (!images.volume || images.volume.loadStatus?.loaded)) {
          this.display.resetWindow(slot, true);
        }
      });
      this.rendered(pane);
    } catch (error) {
      this.events.emit("failed", error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** The images that marks are made on. */
  get marked(): Images | null {
    return this.images;
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

  setEditSettings(settings: EditSettings): void {
    this.settings = settings;
  }

  /** The button is held on a mark: until it ends nothing may move under it. */
  get drawing(): boolean {
    return this.hand.drawing;
  }

  /** Enter, Backspace or Escape for the tool in hand or an edit under way; true when there was a use for it. */
  key(key: ToolKey | "Escape"): boolean {
    if (this.editor.busy && key === "Escape") {
      this.editor.cancel();
      return true;
    }
    return this.hand.key(key);
  }

  /** Watch an edit: a refusal becomes an event, anything else a failure. Resolves to whether it came through. */
  attempt(edit: Promise<unknown>): Promise<boolean> {
    return watched(edit, {
      refused: (code) => this.events.emit("refused", code),
      failed: (error) => this.events.emit("failed", error),
    });
  }

  private edited(edits: readonly LayerRuns[], tool: string): void {
    const keys = edits.flatMap(
      ({ layer, steps }) => this.masks.labels?.layer(layer).keysOf(steps.map(({ slice }) => slice)) ?? [],
    );
    this.events.emit("marked", { keys, tool, finished: true });
    this.tellCounts();
    this.tellHistory();
  }

  setReadOnly(readOnly: boolean): void {
    this.readOnly = readOnly;
    this.hand.setTool(this.hand.tool());
  }

  undo(): void {
    this.step(undo, "undo");
  }

  redo(): void {
    this.step(redo, "redo");
  }

  private step(run: () => void, tool: string): void {
    if (this.readOnly || this.hand.busy || this.editor.busy || !this.masks.labels) {
      return;
    }
    const keys: FrameKey[] = [];
    const stop = this.masks.labels.onChange((changed) => keys.push(...changed));
    run();
    stop();
    if (keys.length > 0) {
      this.events.emit("marked", { keys, tool, finished: true });
      this.tellCounts();
    }
    this.tellHistory();
    this.tellMeasurements();
  }

  private forgetHistory(): void {
    clearHistory();
    this.tellHistory();
  }

  private tellHistory(): void {
    this.events.emit("history", historyState());
  }

  private tellCounts(): void {
    this.events.emit("counts", this.masks.voxelsByLabel());
  }

  // ── measurements ─────────────────────────────────────────────────────────

  private tellMeasurements(): void {
    this.events.emit("measurements", this.measurements.all());
    this.tellHistory();
    this.repaint();
  }

  // ── view ─────────────────────────────────────────────────────────────────

  /** Window, zoom, pan, rotation, angle and inversion as they were at the start. */
  reset(): void {
    this.views.straighten();
    this.views.fit();
    this.solids.reset();
    new Set(this.views.ready().map(({ spec }) => spec.slot)).forEach((slot) => this.display.reset(slot));
  }

  /** Draw what files lay over their images (overlay planes), or not. */
  setGraphics(shown: boolean): void {
    this.graphics = shown;
    this.views.repaint();
  }

  get several(): boolean {
    return this.views.all().length > 1;
  }

  resized(): void {
    this.views.resize();
  }

  rendered(pane: Pane): void {
    if (pane.ready) {
      const { slot } = pane.spec;
      if (!pane.images?.volume && pane.images === this.slots.get(slot) && !this.display.look(slot).window) {
        this.display.resetWindow(slot, true); // the frame to begin with has come
      }
      this.events.emit("view", pane.state());
      this.views.repaint(pane);
    }
  }

  linesIn(pane: Pane): readonly PaneLine[] {
    return this.views.linesIn(pane);
  }

  paintTool(pane: Pane, context: CanvasRenderingContext2D, ratio: number): void {
    this.measurements.paint(pane, context, ratio);
    this.hand.paint(pane, context, ratio);
  }

  private repaint(): void {
    this.views.repaint();
    this.solids.figuresChanged();
  }
}
