/** One pane: a Cornerstone viewport that shows a plane of some images, and where it stands. */

import { Enums, type PlanarViewport, type RenderingEngine } from "@cornerstonejs/core";

import { BrushCursor } from "./brushCursor";
import { isMissing } from "./failures";
import { directionLetters, placeText, subtract, type PlaneView } from "./grid";
import type { PaneKind, PaneSpec, Slab } from "./layouts";
import type { DicomJson } from "./header";
import { noteView } from "./loading";
import { chestWallOf } from "./mammograms";
import { Mounted, type Look } from "./mounted";
import { PaneOverlay, type MaskLayer, type PaneLine } from "./paneOverlay";
import { Sight } from "./sight";
import type { Images } from "./source";
import type { Blocked, PaneName, PaneView, Range } from "./types";

/** Where a pane looked before it went away. */
export interface PaneMemory {
  readonly images: Images;
  readonly view: PlaneView | null;
  readonly slab: Slab;
  readonly state: ReturnType<PlanarViewport["getViewState"]>;
  readonly slice: number;
}

/** What a pane asks of the viewer when it repaints. */
export interface PaneHost {
  readonly masks: { layers(): readonly MaskLayer[] };
  /** What files lay over their images is drawn. */
  readonly graphics: boolean;
  /** There are panes beside each other. */
  readonly several: boolean;
  linesIn(pane: Pane): readonly PaneLine[];
  /** Draw what is open in the tool in hand. */
  paintTool(pane: Pane, context: CanvasRenderingContext2D, ratio: number): void;
  /** The images that marks are made on. */
  readonly marked: Images | null;
  rendered(pane: Pane): void;
  /** The element of a pane has another size. */
  resized(): void;
}

/** The same images, or another volume of the series on the same grid: a time point, an echo. */
function isAlike(one: Images, two: Images): boolean {
  return (
    one === two ||
    (one.source.seriesUid === two.source.seriesUid && JSON.stringify(one.grid) === JSON.stringify(two.grid))
  );
}

export class Pane extends Sight {
  readonly spec: PaneSpec;
  readonly element: HTMLDivElement;
  private readonly host: PaneHost;
  private readonly engine: RenderingEngine;
  private readonly overlay: PaneOverlay;
  private readonly cursor = new BrushCursor();
  private readonly resizeObserver: ResizeObserver;
  private readonly mounted = new Mounted(() => this.viewport);
  private repaintAsked = 0;
  /** Nothing but label values has changed since the overlay was painted. */
  private marksAlone = true;
  /** How the image in view was hung. */
  private hung = "";
  private disposed = false;

  constructor(spec: PaneSpec, element: HTMLDivElement, engine: RenderingEngine, host: PaneHost) {
    super();
    this.spec = spec;
    this.element = element;
    this.engine = engine;
    this.host = host;
    engine.enableElement({
      viewportId: this.id,
      type: Enums.ViewportType.PLANAR_NEXT,
      element,
      defaultOptions: { background: [0, 0, 0] },
    });
    this.overlay = new PaneOverlay(this, () => this.repaint());
    const drawings = element.querySelector(".viewport-element > svg");
    if (drawings) {
      drawings.before(this.overlay.canvas); // over the image, under the lengths
    } else {
      element.append(this.overlay.canvas);
    }
    element.append(this.cursor.element);
    element.addEventListener(Enums.Events.IMAGE_RENDERED, this.onRendered);
    element.addEventListener(Enums.Events.CAMERA_MODIFIED, this.onRendered);
    this.resizeObserver = new ResizeObserver(() => host.resized());
    this.resizeObserver.observe(element);
  }

  get name(): PaneName {
    return this.spec.id;
  }

  get id(): string {
    return `fiducial-${this.name}`;
  }

  protected get kind(): PaneKind {
    return this.spec.kind;
  }

  protected get several(): boolean {
    return this.host.several;
  }

  get viewport(): PlanarViewport {
    return this.engine.getViewport(this.id) as unknown as PlanarViewport;
  }

  dispose(): void {
    this.disposed = true;
    this.mounted.dispose();
    this.resizeObserver.disconnect();
    cancelAnimationFrame(this.repaintAsked);
    this.element.removeEventListener(Enums.Events.IMAGE_RENDERED, this.onRendered);
    this.element.removeEventListener(Enums.Events.CAMERA_MODIFIED, this.onRendered);
    this.engine.disableElement(this.id);
    this.overlay.canvas.remove();
    this.cursor.element.remove();
  }

  // ── what is shown ────────────────────────────────────────────────────────

  /** Put images in. `over` lies over them, in colours of its own; `before` is where a pane of the same id looked. */
  async show(images: Images, look: Look, over: Images | null, before: PaneMemory | null): Promise<void> {
    const same = [this.memory(), before].find((kept) => kept && isAlike(kept.images, images)) ?? null;
    this.mounted.slab = same?.slab ?? this.slab;
    this.view = same?.view ?? this.viewOf(images);
    this.overlay.forget();
    this.hung = "";
    if (!(await this.mounted.show(images, over, this.view, look))) {
      return;
    }
    if (same?.state.slice?.kind === "volumePoint") {
      this.viewport.setViewState(same.state);
    } else {
      await this.goTo(same?.slice ?? images.source.first ?? Math.floor(this.sliceCount / 2));
    }
  }

  /** Run steps that each change the picture, and draw it once after them. */
  once(steps: () => Promise<void>): Promise<void> {
    return this.mounted.once(steps);
  }

  /** Show what another pane shows, just as it does. */
  async mimic(other: Pane): Promise<void> {
    this.view = other.view;
    if (await this.mounted.mimic(other.mounted, this.view)) {
      const { slice, rotation = 0, flipHorizontal = false } = other.viewport.getViewState();
      this.viewport.setViewState({ rotation, flipHorizontal });
      if (slice?.kind === "volumePoint") {
        this.viewport.setViewState({ slice });
      } else {
        await this.viewport.setImageIdIndex(other.gridIndex);
      }
    }
  }

  /** Where the pane looks, for the next pane in its place. */
  memory(): PaneMemory | null {
    const { images, view, slab } = this;
    return images && { images, view, slab, state: this.viewport.getViewState(), slice: this.going ?? this.sliceIndex };
  }

  setLook(look: Look): void {
    this.mounted.setLook(look);
    this.repaint();
  }

  /** How the volume on top looks; `opacity` from 0 to 1. */
  setOver(look: Look, opacity: number): void {
    this.mounted.setOver(look, opacity);
  }

  get ready(): boolean {
    return this.images !== null && !this.disposed;
  }

  get images(): Images | null {
    return this.mounted.images;
  }

  /** The volume that lies over the images. */
  get over(): Images | null {
    return this.mounted.over;
  }

  /** Whether the canvas that shows the image has as many pixels as it covers on the screen. */
  get fits(): boolean {
    const ratio = window.devicePixelRatio || 1;
    return [...this.element.querySelectorAll("canvas")]
      .filter((canvas) => canvas !== this.overlay.canvas && canvas.clientWidth > 0)
      .every(
        ({ width, height, clientWidth, clientHeight }) =>
          Math.abs(width - clientWidth * ratio) <= 1 && Math.abs(height - clientHeight * ratio) <= 1,
      );
  }

  get slab(): Slab {
    return this.mounted.slab;
  }

  /** Show a slab; resolves when it is on the screen. */
  async setSlab(slab: Slab): Promise<void> {
    await this.mounted.setSlab(slab, this.view);
  }

  /** This frame of the volume, as it was acquired, is what is in view. */
  showsFrame(volumeId: string, index: number): boolean {
    return this.axis === 2 && !this.oblique && this.images?.volume?.volumeId === volumeId && this.gridIndex === index;
  }

  /** Why no marks can be made here, or null where they can. */
  get blocked(): Blocked | null {
    if (this.images !== this.host.marked) {
      return "otherSeries";
    }
    if (this.missing) {
      return "missing";
    }
    return this.oblique ? "oblique" : this.slab.mm > 0 ? "slab" : null;
  }

  /** The frame in view could not be had. */
  private get missing(): boolean {
    return this.axis === 2 && !this.oblique && isMissing(this.images?.imageIds[this.gridIndex]);
  }

  /** The window that the file asks for, or the range of its values. */
  get ownWindow(): Range | null {
    return this.viewport.getDefaultVOIRange() ?? null;
  }

  state(): PaneView {
    const { clientWidth: width, clientHeight: height } = this.element;
    const centre = this.centre();
    const letters = (x: number, y: number) =>
      this.images?.placed ? directionLetters(subtract(this.toWorld([x, y]), centre)) : "";
    return {
      pane: this.name,
      sliceIndex: this.sliceIndex,
      sliceCount: this.sliceCount,
      frame: this.axis === 2 && !this.oblique ? (this.images?.shapes[this.gridIndex]?.key ?? null) : null,
      place: placeText(this.plane()),
      letters: {
        left: letters(0, height / 2),
        right: letters(width, height / 2),
        top: letters(width / 2, 0),
        bottom: letters(width / 2, height),
      },
      mmPerPixel: this.mmPerPixel(),
      atDetector: this.images?.atDetector ?? false,
      zoom: this.viewport.getZoom(),
      oblique: this.oblique,
      slabMm: this.slab.mm,
      blocked: this.blocked,
      missing: this.missing,
      seriesUid: this.images?.source.seriesUid ?? "",
      unit: this.images?.unit ?? "",
    };
  }

  /** The header of the frame in view; on planes across the frames, that of the middle one. */
  header(): DicomJson {
    const { images } = this;
    const across = images?.grid && this.axis !== 2;
    return images?.header(across ? Math.floor(images.imageIds.length / 2) : this.gridIndex) ?? {};
  }

  /** Show the brush at a point of the pane, or hide it. */
  showBrush(at: readonly [number, number] | null, radiusMm: number, colour: string): void {
    const shown = at && this.blocked === null ? at : null;
    this.cursor.show(shown, shown ? (2 * radiusMm) / this.unitsPerPixel() : 0, colour);
  }

  /** Paint masks and lines again at the next frame; `marksAlone`: where label values have changed, and nothing else. */
  repaint(marksAlone = false): void {
    this.marksAlone &&= marksAlone;
    if (!this.repaintAsked && !this.disposed) {
      this.repaintAsked = requestAnimationFrame(() => {
        const alone = this.marksAlone;
        this.repaintAsked = 0;
        this.marksAlone = true;
        this.overlay.paint(
          { graphics: this.host.graphics, padding: this.slab.mm === 0 && !this.over && this.mounted.lowIsBright },
          this.host.masks.layers(),
          () => this.host.linesIn(this),
          (context, ratio) => this.host.paintTool(this, context, ratio),
          alone,
        );
      });
    }
  }

  /** A frame could not be had, perhaps that in view. */
  frameFailed(): void {
    this.onRendered();
  }

  protected moved(): void {
    this.onRendered();
  }

  protected forgetPlane(): void {
    this.overlay.forget();
  }

  private readonly onRendered = (): void => {
    this.repaint();
    if (this.ready) {
      if (this.images?.volume && this.axis === 2) {
        noteView(this.images.volume.volumeId, this.gridIndex);
      }
      this.host.rendered(this);
      this.hangAnew();
    }
  };

  /** Another mammogram is in view, perhaps of the other breast. */
  private hangAnew(): void {
    const wall = this.images?.grid ? null : chestWallOf(this.header());
    const before = this.hung;
    this.hung = wall ? `${wall.edge} ${wall.columns}` : "";
    if (wall && this.hung !== before) {
      this.hang(wall, this.several);
    }
  }
}
