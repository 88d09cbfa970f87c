/** A pane that shows a volume and the surfaces of its masks in 3-D. */

import { cache, metaData } from "@cornerstonejs/core";

import { add, cross, directionLetters, scale } from "../grid";
import type { LabelLayers } from "../labelLayers";
import type { PaneSpec, Slot } from "../layouts";
import type { DrawnFigure } from "../measurements/draw";
import type { Images } from "../source";
import type { LabelStyle, PaneView, Range, Tool, Vec3 } from "../types";
import { depths, rolled, shifted, standardEye, zoomed, type Eye } from "./camera";
import { cutsOf, met } from "./crop";
import { SolidFigures } from "./figures";
import { presetsOf, transferOf } from "./presets";
import { reduce, reduction, type Reduced } from "./reduce";
import type { Quality, Scene } from "./scene";
import { listenSolid } from "./solidPointer";
import { Surfaces } from "./surfaces";
import { WHOLE, type SolidSettings, type SolidStatus, type SolidTrouble, type StandardView } from "./types";

/** What the pane asks of the viewer, and what it tells. */
export interface SolidHost {
  /** Pictures are drawn by the processor. */
  readonly software: boolean;
  tool(): Tool;
  imagesOf(slot: Slot): Images | null;
  windowOf(slot: Slot): Range;
  /** The masks, and the images that they lie on. */
  masks(): {
    readonly images: Images | null;
    readonly labels: LabelLayers | null;
    readonly styles: ReadonlyMap<number, LabelStyle>;
    readonly shown: boolean;
  };
  /** Measurements on the images that are marked. */
  figures(): readonly DrawnFigure[];
  /** Bring a point of a series into the other panes. */
  lookAt(point: Vec3, slot: Slot): void;
  told(status: SolidStatus, view: PaneView | null): void;
  failed(error: Error): void;
}

/** How a pane was left, for the next one in its place. */
export interface SolidMemory {
  readonly images: Images | null;
  readonly settings: SolidSettings | null;
  readonly eye: Eye | null;
  readonly reduced: Reduced | null;
}

/** Voxels that are drawn at most, and voxels that a surface is made of at most. */
const BUDGET = { gpu: 16_000_000, cpu: 1_000_000 };
const SURFACE_BUDGET = { gpu: 12_000_000, cpu: 1_500_000 };
const REST_MS = 250;

export class SolidPane {
  readonly spec: PaneSpec;
  readonly element: HTMLElement;
  private readonly host: SolidHost;
  private readonly surfaces: Surfaces;
  readonly figures: SolidFigures;
  private readonly stops: (() => void)[] = [];
  private scene: Scene | null = null;
  private started = false;
  private images: Images | null = null;
  private reduced: Reduced | null = null;
  private eye: Eye | null = null;
  private settings: SolidSettings | null = null;
  private trouble: SolidTrouble | null = null;
  private reducing = false;
  private disposed = false;
  private asked = 0;
  private figuresAsked = 0;
  private moving = false;
  private restTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(spec: PaneSpec, element: HTMLElement, host: SolidHost, before: SolidMemory | undefined) {
    this.spec = spec;
    this.element = element;
    this.host = host;
    this.surfaces = new Surfaces(host.software ? SURFACE_BUDGET.cpu : SURFACE_BUDGET.gpu, {
      changed: () => this.draw(),
      failed: (error) => host.failed(error),
    });
    this.figures = new SolidFigures(element);
    const observer = new ResizeObserver(() => this.draw());
    observer.observe(element);
    this.stops.push(
      () => observer.disconnect(),
      listenSolid(element, {
        tool: () => host.tool(),
        roll: (dx, dy) => this.see((eye) => rolled(eye, dx, dy)),
        shift: (dx, dy) => this.see((eye) => shifted(eye, dx, dy, this.size[1])),
        zoom: (factor) => this.see((eye) => zoomed(eye, factor)),
        point: (x, y) => this.jump(x, y),
      }),
    );
    void this.start(before);
  }

  private async start(before: SolidMemory | undefined): Promise<void> {
    try {
      const { Scene } = await import("./scene");
      if (!this.disposed) {
        this.scene = document.createElement("canvas").getContext("webgl2") ? new Scene(this.element) : null;
        this.started = true;
        this.show(before);
      }
    } catch (error) {
      this.host.failed(error instanceof Error ? error : new Error(String(error)));
    }
  }

  dispose(): void {
    this.disposed = true;
    cancelAnimationFrame(this.asked);
    cancelAnimationFrame(this.figuresAsked);
    clearTimeout(this.restTimer);
    this.stops.forEach((stop) => stop());
    this.surfaces.dispose();
    this.figures.dispose();
    this.scene?.dispose();
  }

  memory(): SolidMemory {
    const { images, settings, eye, reduced } = this;
    return { images, settings, eye, reduced };
  }

  private get size(): readonly [number, number] {
    return [Math.max(1, this.element.clientWidth), Math.max(1, this.element.clientHeight)];
  }

  // ── what is shown ────────────────────────────────────────────────────────

  /** Take the series that is in the slot now. */
  show(before?: SolidMemory): void {
    const images = this.host.imagesOf(this.spec.slot);
    if (!this.started || !images || images === this.images) {
      return;
    }
    const same = before?.images === images ? before : null;
    const alike = this.images?.source.modality === images.source.modality && this.sameSpace(images);
    this.images = images;
    this.reduced = null;
    this.trouble = this.scene ? troubleOf(images) : "noWebGl";
    const presets = presetsOf(images.source.modality, images.source.units);
    const first = presets[0] ?? "ramp";
    const kept = same?.settings ?? (alike ? this.settings : null);
    this.settings = kept ?? { preset: first, crop: WHOLE, front: 0, surfaces: true };
    this.eye = same?.eye ?? (alike ? this.eye : null);
    if (images.grid && !this.eye) {
      this.eye = standardEye(images.grid, "A", this.size[0] / this.size[1]);
    }
    if (same?.reduced) {
      this.take(same.reduced);
    }
    this.masksChanged();
    void this.loaded();
  }

  private sameSpace(images: Images): boolean {
    return images.frameOfReference !== "" && images.frameOfReference === this.images?.frameOfReference;
  }

  /** All voxels of the series may be here now. */
  async loaded(): Promise<void> {
    const { images } = this;
    const grid = images?.grid;
    if (!images || !grid || this.reduced || this.reducing || this.trouble || !images.volume?.loadStatus?.loaded) {
      this.draw();
      return;
    }
    this.reducing = true;
    const factors = reduction(grid, this.host.software ? BUDGET.cpu : BUDGET.gpu);
    const slice = (k: number) => cache.getImage(images.imageIds[k] ?? "")?.voxelManager?.getScalarData() ?? null;
    const stopped = () => this.disposed || this.images !== images;
    const reduced = await reduce(grid, factors, slice, stopped);
    this.reducing = false;
    if (this.disposed) {
      return;
    }
    if (stopped()) {
      await this.loaded(); // another series came meanwhile
    } else if (reduced) {
      this.take(reduced);
      this.draw();
    }
  }

  private take(reduced: Reduced): void {
    this.reduced = reduced;
    this.scene?.setVolume(reduced);
    this.dress();
  }

  /** Window, preset or crop are others now. */
  private dress(): void {
    const { scene, images, settings } = this;
    if (scene && images?.grid && settings) {
      const { preset, crop } = settings;
      scene.setTransfer(
        preset === "none" || !this.reduced ? null : transferOf(preset, this.host.windowOf(this.spec.slot)),
      );
      scene.setCuts(cutsOf(images.grid, crop));
    }
  }

  set(part: Partial<SolidSettings>): void {
    if (this.settings) {
      this.settings = { ...this.settings, ...part };
      this.dress();
      this.draw(true);
    }
  }

  /** The window of the series is another. */
  looked(): void {
    this.dress();
    this.draw(true);
  }

  /** Masks, or how they look, are others now. */
  masksChanged(): void {
    const { images, labels } = this.host.masks();
    const here = images && (images === this.images || this.sameSpace(images));
    this.surfaces.open(here ? labels : null, here ? images.grid : null);
    this.surfaces.soon(); // drawn when they are made, so that a stroke is not slowed down
  }

  stylesChanged(): void {
    this.draw();
  }

  // ── where it looks ───────────────────────────────────────────────────────

  private see(change: (eye: Eye) => Eye): void {
    if (this.eye) {
      this.eye = change(this.eye);
      this.draw(true);
    }
  }

  /** All of the volume, seen from a side. */
  standard(view: StandardView): void {
    const grid = this.images?.grid;
    if (grid) {
      this.eye = standardEye(grid, view, this.size[0] / this.size[1]);
      this.draw();
    }
  }

  /** Size and place as at the start; the side that is seen stays. */
  fit(): void {
    const grid = this.images?.grid;
    if (grid) {
      const { centre, halfHeight } = standardEye(grid, "A", this.size[0] / this.size[1]);
      this.see((eye) => ({ ...eye, centre, halfHeight }));
    }
  }

  reset(): void {
    const grid = this.images?.grid;
    if (grid && this.settings) {
      const [preset] = presetsOf(this.images?.source.modality ?? "", this.images?.source.units ?? "");
      this.set({ preset: preset ?? "ramp", crop: WHOLE, front: 0, surfaces: true });
      this.standard("A");
    }
  }

  private get mmPerPixel(): number {
    return (2 * (this.eye?.halfHeight ?? 1)) / this.size[1];
  }

  /** Bring what is seen at a place of the picture into the other panes. */
  private jump(x: number, y: number): void {
    const { eye, reduced, settings, images } = this;
    if (!eye || !reduced || !settings || settings.preset === "none" || !images?.grid) {
      return;
    }
    const [width, height] = this.size;
    const right = scale(cross(eye.direction, eye.up), (x - width / 2) * this.mmPerPixel);
    const up = scale(eye.up, (height / 2 - y) * this.mmPerPixel);
    const [near, far] = depths(images.grid, eye);
    const start = near + settings.front * (far - near);
    const from = add(add(eye.centre, add(right, up)), scale(eye.direction, start));
    const transfer = transferOf(settings.preset, this.host.windowOf(this.spec.slot));
    const point = met(reduced, settings.crop, transfer, { from, direction: eye.direction, mm: far - start });
    if (point) {
      this.host.lookAt(point, this.spec.slot);
    }
  }

  // ── drawing ──────────────────────────────────────────────────────────────

  /** Draw at the next frame: coarsely while something moves, finely once it rests. */
  draw(moving = false): void {
    this.moving ||= moving;
    clearTimeout(this.restTimer);
    if (this.moving) {
      this.restTimer = setTimeout(() => {
        this.moving = false;
        this.draw();
      }, REST_MS);
    }
    this.asked ||= requestAnimationFrame(() => {
      this.asked = 0;
      this.paint();
    });
  }

  /** A processor takes more than half a minute for one shaded picture of full size (SwiftShader, two cores). */
  private get quality(): Quality {
    const ratio = window.devicePixelRatio || 1;
    if (this.host.software) {
      return this.moving
        ? { resolution: 0.25, step: 1.6, shaded: false, waits: true }
        : { resolution: 0.5, step: 1, shaded: false, waits: true };
    }
    return this.moving
      ? { resolution: 0.7 * ratio, step: 1.2, shaded: true, waits: false }
      : { resolution: ratio, step: 0.6, shaded: true, waits: false };
  }

  private paint(): void {
    const { scene, eye, settings, images } = this;
    if (this.disposed) {
      return;
    }
    if (scene && eye && settings && images?.grid && !this.trouble) {
      const { styles, shown } = this.host.masks();
      scene.setSurfaces(shown && settings.surfaces ? this.surfaces.all() : [], styles);
      scene.draw(eye, images.grid, settings.front, this.size, this.quality);
    }
    this.paintFigures();
    this.tell();
  }

  /** Measurements are others now: draw them again, not the volume beneath. */
  figuresChanged(): void {
    this.figuresAsked ||= requestAnimationFrame(() => {
      this.figuresAsked = 0;
      this.paintFigures();
    });
  }

  private paintFigures(): void {
    if (this.eye && !this.disposed) {
      const { images } = this.host.masks();
      const here = images && !this.trouble && (images === this.images || this.sameSpace(images));
      this.figures.paint(this.eye, this.size, here ? this.host.figures() : []);
    }
  }

  private tell(): void {
    const { images, settings, eye, reduced } = this;
    if (images && settings) {
      const made = this.surfaces.all();
      const status: SolidStatus = {
        pane: this.spec.id,
        settings,
        presets: presetsOf(images.source.modality, images.source.units),
        trouble: this.trouble,
        busy: (!reduced && !this.trouble) || this.surfaces.busy,
        reducedMm: reduced?.factors.some((factor) => factor > 1) ? reduced.grid.spacing : null,
        surfaceStep: Math.max(1, ...made.map(({ step }) => step)),
        triangles: new Map(made.map(({ value, mesh }) => [value, mesh.triangles.length / 4])),
        direction: eye?.direction ?? [0, 1, 0],
      };
      this.host.told(status, this.view());
    }
  }

  private view(): PaneView | null {
    const { images, eye } = this;
    if (!images?.grid || !eye) {
      return null;
    }
    const right = cross(eye.direction, eye.up);
    const letters = (along: Vec3) => (images.placed ? directionLetters(along) : "");
    return {
      pane: this.spec.id,
      sliceIndex: 0,
      sliceCount: 0,
      frame: null,
      place: "",
      letters: {
        left: letters(scale(right, -1)),
        right: letters(right),
        top: letters(eye.up),
        bottom: letters(scale(eye.up, -1)),
      },
      mmPerPixel: images.scaled ? this.mmPerPixel : null,
      atDetector: false,
      zoom: 1,
      oblique: false,
      slabMm: 0,
      blocked: null,
      missing: false,
      seriesUid: images.source.seriesUid,
      unit: images.unit,
    };
  }
}

function troubleOf(images: Images): SolidTrouble | null {
  const pixels = metaData.get("imagePixelModule", images.imageIds[0] ?? "") as
    { samplesPerPixel?: number; photometricInterpretation?: string } | undefined;
  if (!images.grid || !images.volume) {
    return "noVolume";
  }
  const colour = (pixels?.samplesPerPixel ?? 1) > 1 || pixels?.photometricInterpretation === "PALETTE COLOR";
  return colour ? "colour" : null;
}
