/** The viewport service: everything the reading room may ask of the images and the masks on them. */

import { Enums, cache, eventTarget, metaData } from "@cornerstonejs/core";
import { LengthTool, PanTool, ToolGroupManager, ZoomTool, Enums as ToolEnums } from "@cornerstonejs/tools";

import { Emitter } from "./emitter";
import { startEngine, TOOL_GROUP_ID, type Engine } from "./engine";
import { contains, dot, indexToWorld, worldToIndex } from "./grid";
import { clearHistory, historyState, onHistory, recordStroke, redo, undo, type HistoryState } from "./history";
import { LabelGrid } from "./labelGrid";
import { clearLengths, deleteLength, lockLengths, onLengthsChanged, restoreLengths, storedLengths } from "./lengths";
import { Stroke, type Brush } from "./painter";
import { Pane, type MaskLayer, type PaneHost } from "./pane";
import { listen, type PointerHost } from "./pointer";
import { openImages, type Images } from "./source";
import type {
  Axis,
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
  Vec3,
} from "./types";
import { dragRange, percentileRange, presetsFor, toRange } from "./windows";

export interface BrushSettings {
  readonly radiusMm: number;
  readonly sphere: boolean;
  readonly label: number;
}

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

const LINE_COLOURS: Record<PaneName, string> = {
  axial: "#e3a93c",
  coronal: "#56b97c",
  sagittal: "#7fa6e8",
  stack: "#9aa3ad",
};
const SMALLEST_RADIUS_MM = 0.1;

export class Viewer implements PaneHost, PointerHost {
  readonly events = new Emitter<ViewerEvents>();
  private readonly engine: Engine;
  private readonly panes = new Map<PaneName, { pane: Pane; stop: () => void }>();
  private readonly stops: (() => void)[] = [];
  private images: Images | null = null;
  private labels: LabelGrid | null = null;
  private draft: LabelGrid | null = null;
  private styles: ReadonlyMap<number, LabelStyle> = new Map();
  private stylesVersion = 0;
  private opacity = 0.4;
  private masksShown = true;
  private activeTool: Tool = "window";
  private brush: BrushSettings = { radiusMm: 5, sphere: false, label: 1 };
  private readOnly = false;
  private stroke: { stroke: Stroke; pane: Pane; erasing: boolean } | null = null;
  private lastPoint: readonly [number, number] = [0, 0];
  private range: Range = toRange(40, 400);
  private inverted = false;
  private restoringLengths = false;
  private opening = 0;

  private constructor(engine: Engine) {
    this.engine = engine;
    this.stops.push(
      onHistory(() => this.tellHistory()),
      onLengthsChanged(() => this.tellLengths()),
      listenTo(Enums.Events.IMAGE_VOLUME_MODIFIED, (detail) =>
        this.onVolume(detail as { volumeId: string; framesProcessed: number }),
      ),
      listenTo(Enums.Events.IMAGE_LOAD_ERROR, (detail) =>
        this.onLoadError(detail as { error?: unknown; imageId?: string }),
      ),
      listenTo(Enums.Events.IMAGE_LOAD_FAILED, (detail) =>
        this.onLoadError(detail as { error?: unknown; imageId?: string }),
      ),
    );
  }

  /** Start the engine. Rejects with NoWebGlError where the browser cannot draw. */
  static async create(): Promise<Viewer> {
    return new Viewer(await startEngine());
  }

  get backend(): Backend {
    return this.engine.backend;
  }

  dispose(): void {
    for (const name of this.panes.keys()) {
      this.detach(name);
    }
    for (const stop of this.stops) {
      stop();
    }
    this.images?.volume?.cancelLoading?.();
    this.quietly(clearLengths);
    clearHistory();
  }

  /** Use an element as a pane; returns how to give it back. */
  attach(name: PaneName, element: HTMLDivElement): () => void {
    this.detach(name);
    const pane = new Pane(name, element, this.engine.rendering, this);
    this.panes.set(name, { pane, stop: listen(pane, this) });
    ToolGroupManager.getToolGroup(TOOL_GROUP_ID)?.addViewport(pane.id, this.engine.rendering.id);
    if (this.images) {
      void this.showIn(pane, this.images);
    }
    return () => {
      if (this.panes.get(name)?.pane === pane) {
        this.detach(name);
      }
    };
  }

  private detach(name: PaneName): void {
    const entry = this.panes.get(name);
    if (entry) {
      if (this.stroke?.pane === entry.pane) {
        this.up();
      }
      this.panes.delete(name);
      entry.stop();
      ToolGroupManager.getToolGroup(TOOL_GROUP_ID)?.removeViewports(this.engine.rendering.id, entry.pane.id);
      entry.pane.dispose();
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
    this.draft = null;
    this.labels = new LabelGrid(images.shapes);
    this.labels.onChange(() => this.repaint());
    this.quietly(clearLengths);
    this.forgetHistory();
    const preset = presetsFor(source.modality)[0];
    this.range = preset ? toRange(preset.center, preset.width) : this.range;
    if (images.volume) {
      const { volume } = images;
      volume.load();
      this.onVolume({
        volumeId: volume.volumeId,
        framesProcessed: volume.loadStatus?.loaded ? images.imageIds.length : 0,
      });
    }
    await Promise.all([...this.panes.values()].map(({ pane }) => this.showIn(pane, images)));
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
      }
      this.rendered(pane);
    } catch (error) {
      this.events.emit("failed", error instanceof Error ? error : new Error(String(error)));
    }
  }

  private onVolume(detail: { volumeId: string; framesProcessed: number }): void {
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

  private onLoadError(detail: { error?: unknown; imageId?: string }): void {
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

  /** Volume of one voxel, or null where the images have no regular grid. */
  get voxelMl(): number | null {
    const grid = this.images?.grid;
    return grid ? (grid.spacing[0] * grid.spacing[1] * grid.spacing[2]) / 1000 : null;
  }

  // ── tools ────────────────────────────────────────────────────────────────

  tool(): Tool {
    return this.activeTool;
  }

  setTool(tool: Tool): void {
    this.activeTool = tool;
    const group = ToolGroupManager.getToolGroup(TOOL_GROUP_ID);
    const { Primary, Auxiliary, Secondary } = ToolEnums.MouseBindings;
    const primary = (wanted: Tool) => (tool === wanted ? [{ mouseButton: Primary }] : []);
    group?.setToolPassive(LengthTool.toolName, { removeAllBindings: true });
    for (const name of [PanTool.toolName, ZoomTool.toolName]) {
      group?.setToolPassive(name, { removeAllBindings: true });
    }
    group?.setToolActive(PanTool.toolName, {
      bindings: [
        { mouseButton: Auxiliary },
        { mouseButton: Primary, modifierKey: ToolEnums.KeyboardBindings.Ctrl },
        ...primary("pan"),
      ],
    });
    group?.setToolActive(ZoomTool.toolName, { bindings: [{ mouseButton: Secondary }, ...primary("zoom")] });
    if (tool === "length" && !this.readOnly) {
      group?.setToolActive(LengthTool.toolName, { bindings: [{ mouseButton: Primary }] });
    } else if (tool === "brush" || tool === "eraser" || this.readOnly) {
      group?.setToolEnabled(LengthTool.toolName);
    }
    for (const { pane } of this.panes.values()) {
      pane.element.style.cursor = tool === "pan" ? "grab" : tool === "window" ? "ns-resize" : "crosshair";
      pane.showBrush(null, 0, "");
    }
  }

  setBrush(brush: BrushSettings): void {
    this.brush = brush;
    for (const { pane } of this.panes.values()) {
      pane.showBrush(null, 0, "");
    }
  }

  setReadOnly(readOnly: boolean): void {
    this.readOnly = readOnly;
    lockLengths(readOnly);
    this.setTool(this.activeTool);
  }

  undo(): void {
    this.step(undo, "undo");
  }

  redo(): void {
    this.step(redo, "redo");
  }

  private step(run: () => void, tool: string): void {
    if (this.readOnly || this.stroke || !this.labels) {
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

  // ── lengths ──────────────────────────────────────────────────────────────

  private tellLengths(): void {
    if (this.restoringLengths || !this.images) {
      return;
    }
    this.events.emit("lengths", this.lengths());
    this.tellHistory();
  }

  /** Change lengths without telling: they come from the server, or leave with their images. */
  private quietly(change: () => void): void {
    this.restoringLengths = true;
    change();
    this.restoringLengths = false;
  }

  lengths(): LengthMeasurement[] {
    return storedLengths().map(({ key, points, lengthMm, normal }) => {
      const middle: Vec3 = [
        (points[0][0] + points[1][0]) / 2,
        (points[0][1] + points[1][1]) / 2,
        (points[0][2] + points[1][2]) / 2,
      ];
      const frame = this.frameNear(middle);
      return {
        key,
        sop: frame?.sop ?? "",
        frame: frame?.frame ?? 1,
        plane: this.paneLookingAlong(normal),
        pointsLps: points,
        lengthMm,
      };
    });
  }

  private frameNear(point: Vec3): FrameKey | undefined {
    const grid = this.images?.grid;
    const slice = grid ? Math.round(worldToIndex(grid, point)[2]) : (this.panes.get("stack")?.pane.gridIndex ?? 0);
    return this.images?.shapes[slice]?.key;
  }

  private paneLookingAlong(normal: Vec3 | null): PaneName {
    for (const { pane } of this.panes.values()) {
      if (normal && pane.planeView && Math.abs(dot(pane.planeView.normal, normal)) > 0.99) {
        return pane.name;
      }
    }
    return "stack";
  }

  /** Show these lengths and no others (state from the server). */
  restoreLengths(lengths: readonly LengthMeasurement[]): void {
    const pane = this.anyPane();
    const { images } = this;
    if (!pane || !images) {
      return;
    }
    this.quietly(() => {
      restoreLengths(
        pane.element,
        lengths.flatMap((length) => {
          const shape = images.shapes.findIndex(({ key }) => key.sop === length.sop && key.frame === length.frame);
          const imageId = images.imageIds[shape];
          const plane = imageId
            ? (metaData.get("imagePlaneModule", imageId) as { frameOfReferenceUID?: string } | undefined)
            : undefined;
          const normal = this.normalOf(length.plane);
          return imageId ? [{ ...length, imageId, normal, frameOfReference: plane?.frameOfReferenceUID ?? "" }] : [];
        }),
      );
      lockLengths(this.readOnly);
    });
    this.events.emit("lengths", this.lengths());
    for (const { pane } of this.panes.values()) {
      pane.viewport.render();
    }
  }

  private normalOf(name: PaneName): Vec3 {
    const { grid } = this.images ?? {};
    const axis: Axis = { axial: 2, stack: 2, coronal: 1, sagittal: 0 }[name] as Axis;
    return this.panes.get(name)?.pane.planeView?.normal ?? grid?.axes[axis] ?? [0, 0, -1];
  }

  removeLength(key: string): void {
    const pane = this.anyPane();
    if (pane && !this.readOnly) {
      deleteLength(pane.element, key);
      this.tellLengths();
      for (const { pane } of this.panes.values()) {
        pane.viewport.render();
      }
    }
  }

  // ── view ─────────────────────────────────────────────────────────────────

  private anyPane(): Pane | undefined {
    return [...this.panes.values()].find(({ pane }) => pane.ready)?.pane;
  }

  private eachPane(action: (pane: Pane) => void): void {
    for (const { pane } of this.panes.values()) {
      if (pane.ready) {
        action(pane);
      }
    }
  }

  goTo(name: PaneName, sliceIndex: number): void {
    const pane = this.panes.get(name)?.pane;
    if (pane?.ready) {
      pane.goTo(sliceIndex);
    }
  }

  scroll(name: PaneName, steps: number): void {
    const pane = this.panes.get(name)?.pane;
    if (pane?.ready) {
      pane.goTo(pane.sliceIndex + steps);
    }
  }

  /** Bring a point (LPS mm) into every pane. */
  lookAt(point: Vec3): void {
    const grid = this.images?.grid;
    if (grid) {
      const index = worldToIndex(grid, point);
      this.eachPane((pane) => {
        const layer = Math.round(index[pane.axis]);
        pane.goTo(pane.planeView?.reversed ? pane.sliceCount - 1 - layer : layer);
      });
    }
  }

  /** Go to the next frame on which a label occurs, after the present one, and start over at the end. */
  nextWithLabel(value: number): void {
    const slices = this.labels?.slicesWith(value) ?? [];
    const grid = this.images?.grid;
    const present = this.panes.get("stack") ?? this.panes.get("axial");
    const next = slices.find((slice) => slice > (present?.pane.gridIndex ?? -1)) ?? slices[0];
    if (next === undefined) {
      return;
    }
    if (grid) {
      const labels = this.labels?.peek(next) ?? new Uint8Array();
      const at = labels.indexOf(value);
      this.lookAt(indexToWorld(grid, [at % grid.size[0], Math.floor(at / grid.size[0]), next]));
    } else {
      this.goTo("stack", next);
    }
  }

  setWindow(range: Range): void {
    this.range = range;
    this.eachPane((pane) => pane.setWindow(range));
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
    } else if (image) {
      this.setWindow(percentileRange(image.voxelManager?.getScalarData() ?? image.getPixelData(), 1, 99));
    }
  }

  toggleInvert(): void {
    this.inverted = !this.inverted;
    this.eachPane((pane) => pane.setInvert(this.inverted));
  }

  /** Window, zoom, pan, rotation and inversion as they were at the start. */
  reset(): void {
    this.inverted = false;
    this.eachPane((pane) => {
      pane.setInvert(false);
      pane.fit();
    });
    this.resetWindow();
  }

  fit(): void {
    this.eachPane((pane) => pane.fit());
  }

  rotate(name: PaneName): void {
    this.panes.get(name)?.pane.rotate();
  }

  flip(name: PaneName): void {
    this.panes.get(name)?.pane.flip();
  }

  /** Patient point under a point of a pane, in CSS pixels. */
  worldAt(name: PaneName, x: number, y: number): Vec3 | null {
    const pane = this.panes.get(name)?.pane;
    return pane?.ready ? pane.toWorld([x, y]) : null;
  }

  /** Voxel coordinates (i, j, k) under a point of a pane. */
  indexAt(name: PaneName, x: number, y: number): Vec3 | null {
    const pane = this.panes.get(name)?.pane;
    return pane?.ready ? pane.indexAt([x, y]) : null;
  }

  stateOf(name: PaneName): PaneView | null {
    const pane = this.panes.get(name)?.pane;
    return pane?.ready ? pane.state() : null;
  }

  rendered(pane: Pane): void {
    if (pane.ready) {
      this.events.emit("view", pane.state());
      for (const { pane: other } of this.panes.values()) {
        if (other !== pane) {
          other.repaint();
        }
      }
    }
  }

  referenceLines(pane: Pane): readonly { from: Vec3; to: Vec3; colour: string }[] {
    const grid = this.images?.grid;
    if (!grid || pane.name === "stack") {
      return [];
    }
    return [...this.panes.values()].flatMap(({ pane: other }) => {
      if (other === pane || !other.ready || !other.planeView || other.name === "stack") {
        return [];
      }
      const through: [number, number, number] = [
        (grid.size[0] - 1) / 2,
        (grid.size[1] - 1) / 2,
        (grid.size[2] - 1) / 2,
      ];
      through[pane.axis] = pane.gridIndex;
      through[other.axis] = other.gridIndex;
      const line = pane.lineOf(other.planeView, indexToWorld(grid, through), grid);
      return line ? [{ ...line, colour: LINE_COLOURS[other.name] }] : [];
    });
  }

  private repaint(): void {
    for (const { pane } of this.panes.values()) {
      pane.repaint();
    }
  }

  // ── the hand ─────────────────────────────────────────────────────────────

  down(pane: Pane, point: readonly [number, number]): boolean {
    this.lastPoint = point;
    if (!pane.ready) {
      return false;
    }
    if (this.activeTool === "crosshair") {
      this.lookAt(pane.toWorld(point));
      return true;
    }
    return this.activeTool === "window" || this.startStroke(pane, point);
  }

  private startStroke(pane: Pane, point: readonly [number, number]): boolean {
    const grid = pane.planeGrid();
    const start = pane.indexAt(point);
    if (this.readOnly || !this.masksShown || !this.labels || !grid || !start) {
      return false;
    }
    const erasing = this.activeTool === "eraser";
    const style = this.styles.get(this.brush.label);
    if (!erasing && (!style || style.locked || !style.visible)) {
      return false;
    }
    const locked = new Set(
      [...this.styles.values()].filter((label) => label.locked || !label.visible).map((label) => label.value),
    );
    const loose = !this.images?.grid;
    const brush: Brush = {
      value: erasing ? 0 : this.brush.label,
      radiusMm: Math.max(SMALLEST_RADIUS_MM, this.brush.radiusMm),
      flatAxis: this.brush.sphere && !loose ? null : pane.axis,
      spacing: grid.spacing,
      locked,
    };
    const size: Vec3 = loose ? [grid.size[0], grid.size[1], this.labels.depth] : grid.size;
    const stroke = new Stroke(this.labels, size, brush);
    this.stroke = { stroke, pane, erasing };
    this.tellStroke(stroke.to(start), false);
    return true;
  }

  move(pane: Pane, points: readonly (readonly [number, number])[]): void {
    const last = points.at(-1);
    if (!last) {
      return;
    }
    if (this.stroke) {
      const changed = new Set<number>();
      for (const point of points) {
        const index = pane.indexAt(point);
        if (index) {
          this.stroke.stroke.to(index).forEach((slice) => changed.add(slice));
        }
      }
      this.tellStroke(changed, false);
    } else if (this.activeTool === "window") {
      this.setWindow(dragRange(this.range, last[0] - this.lastPoint[0], last[1] - this.lastPoint[1]));
    } else if (this.activeTool === "crosshair") {
      this.lookAt(pane.toWorld(last));
    }
    this.lastPoint = last;
  }

  up(): void {
    const { stroke, labels } = this;
    if (stroke && labels) {
      const runs = stroke.stroke.finish();
      if (runs.length > 0) {
        recordStroke(labels, runs);
        this.tellHistory();
      }
      this.tellStroke(new Set(), runs.length > 0);
    }
    this.stroke = null;
  }

  private tellStroke(changed: ReadonlySet<number>, finished: boolean): void {
    const { stroke, labels } = this;
    if (stroke && labels && (changed.size > 0 || finished)) {
      const name = `${stroke.erasing ? "eraser" : "brush"}-${this.brush.sphere ? "sphere" : "circle"}`;
      this.events.emit("marked", { keys: labels.keysOf(changed), tool: name, finished });
      this.tellCounts();
    }
  }

  wheel(pane: Pane, steps: number): void {
    if (pane.ready && !this.stroke) {
      pane.goTo(pane.sliceIndex + steps);
    }
  }

  hover(pane: Pane, point: readonly [number, number] | null): void {
    if (!point || !pane.ready) {
      pane.showBrush(null, 0, "");
      this.events.emit("hover", null);
      return;
    }
    const painting = this.activeTool === "brush" || this.activeTool === "eraser";
    const colour = this.activeTool === "eraser" ? "#d7dbe0" : (this.styles.get(this.brush.label)?.colour ?? "#d7dbe0");
    pane.showBrush(painting && !this.readOnly ? point : null, this.brush.radiusMm, colour);
    this.events.emit("hover", this.hoverAt(pane, point));
  }

  private hoverAt(pane: Pane, point: readonly [number, number]): Hover | null {
    const grid = pane.planeGrid();
    const exact = pane.indexAt(point);
    if (!grid || !exact || !this.images) {
      return null;
    }
    const index: Vec3 = [Math.round(exact[0]), Math.round(exact[1]), Math.round(exact[2])];
    const { volume } = this.images;
    if (!contains(grid, volume ? index : [index[0], index[1], 0])) {
      return null;
    }
    const image = volume ? null : cache.getImage(this.images.imageIds[index[2]] ?? "");
    const value = volume
      ? volume.voxelManager?.getAtIJK(...index)
      : image?.voxelManager?.getAtIJK(index[0], index[1], 0);
    const shown = typeof value === "number" ? value : null;
    return { pane: pane.name, value: shown, unit: this.images.unit, index, label: this.labels?.at(index) ?? 0 };
  }
}

function listenTo(name: string, handle: (detail: unknown) => void): () => void {
  const listener = (event: Event) => handle((event as CustomEvent).detail);
  eventTarget.addEventListener(name, listener);
  return () => eventTarget.removeEventListener(name, listener);
}
