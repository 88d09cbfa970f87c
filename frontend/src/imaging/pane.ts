/** One pane: a Cornerstone viewport, the masks over it, and where it stands. */

import { Enums, type PlanarViewport, type RenderingEngine } from "@cornerstonejs/core";

import {
  acquiredView,
  add,
  cross,
  directionLetters,
  distance,
  dot,
  indexToWorld,
  planeView,
  scale,
  worldToIndex,
  type Grid,
  type PlaneView,
} from "./grid";
import type { LabelGrid } from "./labelGrid";
import { PlanePicture } from "./overlay";
import type { Images } from "./source";
import type { Axis, LabelStyle, PaneName, PaneView, Range, Vec3 } from "./types";

type Point = [number, number];

/** Masks as a pane draws them. */
export interface MaskLayer {
  readonly labels: LabelGrid;
  readonly styles: ReadonlyMap<number, LabelStyle>;
  readonly stylesVersion: number;
  readonly opacity: number;
  readonly dashed: boolean;
}

/** What a pane asks of the viewer when it repaints. */
export interface PaneHost {
  masks(): readonly MaskLayer[];
  referenceLines(pane: Pane): readonly { from: Vec3; to: Vec3; colour: string }[];
  rendered(pane: Pane): void;
  /** The element of a pane has another size. */
  resized(): void;
}

export class Pane {
  readonly name: PaneName;
  readonly element: HTMLDivElement;
  private readonly host: PaneHost;
  private readonly engine: RenderingEngine;
  private readonly overlay = document.createElement("canvas");
  private readonly cursor = document.createElement("div");
  private readonly pictures = new Map<MaskLayer["labels"], { stamp: string; picture: PlanePicture }>();
  private readonly resizeObserver: ResizeObserver;
  private images: Images | null = null;
  private view: PlaneView | null = null;
  private repaintAsked = 0;
  private disposed = false;

  constructor(name: PaneName, element: HTMLDivElement, engine: RenderingEngine, host: PaneHost) {
    this.name = name;
    this.element = element;
    this.engine = engine;
    this.host = host;
    engine.enableElement({
      viewportId: this.id,
      type: Enums.ViewportType.PLANAR_NEXT,
      element,
      defaultOptions: { background: [0, 0, 0] },
    });
    this.overlay.style.cssText = "position:absolute;inset:0;width:100%;height:100%;pointer-events:none";
    this.cursor.style.cssText =
      "position:absolute;left:0;top:0;border:1.5px solid;border-radius:50%;pointer-events:none;z-index:3;display:none;box-sizing:border-box;box-shadow:0 0 0 1px rgb(0 0 0 / 60%)";
    const drawings = element.querySelector(".viewport-element > svg");
    if (drawings) {
      drawings.before(this.overlay); // over the image, under the lengths
    } else {
      element.append(this.overlay);
    }
    element.append(this.cursor);
    element.addEventListener(Enums.Events.IMAGE_RENDERED, this.onRendered);
    element.addEventListener(Enums.Events.CAMERA_MODIFIED, this.onRendered);
    this.resizeObserver = new ResizeObserver(() => host.resized());
    this.resizeObserver.observe(element);
  }

  get id(): string {
    return `fiducial-${this.name}`;
  }

  get viewport(): PlanarViewport {
    return this.engine.getViewport(this.id) as unknown as PlanarViewport;
  }

  dispose(): void {
    this.disposed = true;
    this.resizeObserver.disconnect();
    cancelAnimationFrame(this.repaintAsked);
    this.element.removeEventListener(Enums.Events.IMAGE_RENDERED, this.onRendered);
    this.element.removeEventListener(Enums.Events.CAMERA_MODIFIED, this.onRendered);
    this.engine.disableElement(this.id);
    this.overlay.remove();
    this.cursor.remove();
  }

  /** Put images in; `window` is the display window to start with. */
  async show(images: Images, window: Range | null): Promise<void> {
    this.images = null;
    this.pictures.clear();
    const view = images.grid
      ? this.name === "stack"
        ? acquiredView(images.grid)
        : planeView(images.grid, this.name)
      : null;
    const orientation = view
      ? { viewPlaneNormal: [...view.normal], viewUp: [...view.up] }
      : Enums.OrientationAxis.ACQUISITION;
    await this.viewport.setDisplaySets({
      displaySetId: images.displaySetId,
      options: { orientation: orientation as never },
    });
    if (this.disposed) {
      return;
    }
    this.images = images;
    this.view = view;
    if (window) {
      this.viewport.setDisplaySetPresentation({ voiRange: { ...window } });
    }
    this.goTo(Math.floor(this.sliceCount / 2));
    this.viewport.render();
  }

  get ready(): boolean {
    return this.images !== null && !this.disposed;
  }

  /** Whether the canvas that shows the image has as many pixels as it covers on the screen. */
  get fits(): boolean {
    const ratio = window.devicePixelRatio || 1;
    return [...this.element.querySelectorAll("canvas")]
      .filter((canvas) => canvas !== this.overlay && canvas.clientWidth > 0)
      .every(
        ({ width, height, clientWidth, clientHeight }) =>
          Math.abs(width - clientWidth * ratio) <= 1 && Math.abs(height - clientHeight * ratio) <= 1,
      );
  }

  get planeView(): PlaneView | null {
    return this.view;
  }

  /** The axis of the grid that this pane looks along; a loose stack looks along its frames. */
  get axis(): Axis {
    return this.view?.axis ?? 2;
  }

  get sliceCount(): number {
    return this.images?.grid ? this.images.grid.size[this.axis] : (this.images?.imageIds.length ?? 0);
  }

  /** Slice as a person counts it (0-based), along the line of sight. */
  get sliceIndex(): number {
    return this.view?.reversed ? this.sliceCount - 1 - this.gridIndex : this.gridIndex;
  }

  /** The layer of the grid in view. */
  get gridIndex(): number {
    const grid = this.images?.grid;
    if (!grid) {
      return this.viewport.getCurrentImageIdIndex();
    }
    const centre = this.toWorld([this.element.clientWidth / 2, this.element.clientHeight / 2]);
    const index = Math.round(worldToIndex(grid, centre)[this.axis]);
    return Math.min(this.sliceCount - 1, Math.max(0, index));
  }

  goTo(sliceIndex: number): void {
    const wanted = Math.min(this.sliceCount - 1, Math.max(0, Math.round(sliceIndex)));
    const index = this.view?.reversed ? this.sliceCount - 1 - wanted : wanted;
    const grid = this.images?.grid;
    if (grid) {
      const centre: [number, number, number] = [(grid.size[0] - 1) / 2, (grid.size[1] - 1) / 2, (grid.size[2] - 1) / 2];
      centre[this.axis] = index;
      const point = [...indexToWorld(grid, centre)] as [number, number, number];
      this.viewport.setViewState({ slice: { kind: "volumePoint", sliceWorldPoint: point } });
      this.viewport.render();
    } else if (this.images) {
      void this.viewport.setImageIdIndex(index).then(() => this.repaint());
    }
  }

  /** The window that the file asks for, or the range of its values. */
  get ownWindow(): Range | null {
    return this.viewport.getDefaultVOIRange() ?? null;
  }

  setWindow(range: Range): void {
    this.viewport.setDisplaySetPresentation({ voiRange: { ...range } });
    this.viewport.render();
  }

  setInvert(invert: boolean): void {
    this.viewport.setDisplaySetPresentation({ invert });
    this.viewport.render();
  }

  fit(): void {
    this.viewport.resetViewState({ resetOrientation: false });
    this.viewport.render();
  }

  rotate(): void {
    this.viewport.setViewState({ rotation: (this.viewport.getRotation() + 90) % 360 });
    this.viewport.render();
  }

  flip(): void {
    this.viewport.setViewState({ flipHorizontal: !this.viewport.getViewState().flipHorizontal });
    this.viewport.render();
  }

  toWorld(point: readonly [number, number]): Vec3 {
    return this.viewport.canvasToWorld([...point] as Point) as Vec3;
  }

  toCanvas(point: Vec3): readonly [number, number] {
    return this.viewport.worldToCanvas([...point]) as Point;
  }

  /** Voxel coordinates (i, j, k), fractions allowed, under a point of the pane; null outside an image. */
  indexAt(point: readonly [number, number]): Vec3 | null {
    const grid = this.planeGrid();
    if (!grid) {
      return null;
    }
    const index = [...worldToIndex(grid, this.toWorld(point))] as [number, number, number];
    index[this.axis] = this.gridIndex;
    return index;
  }

  /** The grid of the volume, or of the single frame that a loose stack shows. */
  planeGrid(): Grid | null {
    if (this.images?.grid) {
      return this.images.grid;
    }
    const data = this.images
      ? (this.viewport.getImageData() as
          { origin: Vec3; direction: readonly number[]; spacing: Vec3; dimensions: Vec3 } | undefined)
      : undefined;
    if (!data) {
      return null;
    }
    const [i0 = 1, i1 = 0, i2 = 0, j0 = 0, j1 = 1, j2 = 0, k0 = 0, k1 = 0, k2 = 1] = [...data.direction];
    return {
      size: data.dimensions,
      spacing: [data.spacing[0], data.spacing[1], 1],
      origin: data.origin,
      axes: [
        [i0, i1, i2],
        [j0, j1, j2],
        [k0, k1, k2],
      ],
    };
  }

  /** Millimetres for each pixel of the pane, or null where the image has no scale. */
  mmPerPixel(): number | null {
    if (!this.images?.scaled || !this.ready) {
      return null;
    }
    return this.unitsPerPixel();
  }

  private unitsPerPixel(): number {
    return distance(this.toWorld([0, 0]), this.toWorld([100, 0])) / 100;
  }

  state(): PaneView {
    const { clientWidth: width, clientHeight: height } = this.element;
    const placed = this.images?.placed ?? false;
    const centre = this.toWorld([width / 2, height / 2]);
    const letters = (x: number, y: number) => {
      const edge = this.toWorld([x, y]);
      return placed ? directionLetters([edge[0] - centre[0], edge[1] - centre[1], edge[2] - centre[2]]) : "";
    };
    return {
      pane: this.name,
      sliceIndex: this.sliceIndex,
      sliceCount: this.sliceCount,
      letters: {
        left: letters(0, height / 2),
        right: letters(width, height / 2),
        top: letters(width / 2, 0),
        bottom: letters(width / 2, height),
      },
      mmPerPixel: this.mmPerPixel(),
      zoom: this.viewport.getZoom(),
    };
  }

  /** The edge-to-edge line in which another plane cuts this one, in patient space. */
  lineOf(other: PlaneView, through: Vec3, grid: Grid): { from: Vec3; to: Vec3 } | null {
    if (!this.view || other.axis === this.view.axis) {
      return null;
    }
    const direction = cross(this.view.normal, other.normal);
    const half =
      (grid.size.reduce((most, count, axis) => Math.max(most, count * (grid.spacing[axis] ?? 1)), 0) * Math.sqrt(3)) /
      2;
    const length = Math.sqrt(dot(direction, direction));
    const step = scale(direction, half / length);
    return { from: add(through, scale(step, -1)), to: add(through, step) };
  }

  /** Show the brush at a point of the pane, or hide it. */
  showBrush(at: readonly [number, number] | null, radiusMm: number, colour: string): void {
    const mm = this.mmPerPixel() ?? this.unitsPerPixel();
    const size = Math.max(3, (2 * radiusMm) / mm);
    this.cursor.style.display = at ? "block" : "none";
    if (at) {
      this.cursor.style.width = this.cursor.style.height = `${size}px`;
      this.cursor.style.borderColor = colour;
      this.cursor.style.transform = `translate(${at[0] - size / 2}px, ${at[1] - size / 2}px)`;
    }
  }

  /** Paint masks and lines again at the next frame. */
  repaint(): void {
    if (!this.repaintAsked && !this.disposed) {
      this.repaintAsked = requestAnimationFrame(() => {
        this.repaintAsked = 0;
        this.paint();
      });
    }
  }

  private readonly onRendered = (): void => {
    this.repaint();
    if (this.ready) {
      this.host.rendered(this);
    }
  };

  private paint(): void {
    const context = this.overlay.getContext("2d");
    if (!context || this.disposed) {
      return;
    }
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [
      Math.round(this.element.clientWidth * ratio),
      Math.round(this.element.clientHeight * ratio),
    ];
    if (this.overlay.width !== width || this.overlay.height !== height) {
      this.overlay.width = width;
      this.overlay.height = height;
    }
    context.resetTransform();
    context.clearRect(0, 0, width, height);
    const grid = this.planeGrid();
    if (!grid || !this.ready) {
      return;
    }
    for (const layer of this.host.masks()) {
      this.paintMask(context, layer, grid, ratio);
    }
    this.paintLines(context, ratio);
  }

  private paintMask(context: CanvasRenderingContext2D, layer: MaskLayer, grid: Grid, ratio: number): void {
    const stamp = `${this.gridIndex}:${layer.labels.version}:${layer.stylesVersion}`;
    const known = this.pictures.get(layer.labels);
    const picture =
      known?.stamp === stamp
        ? known.picture
        : new PlanePicture(layer.labels.plane(this.axis, this.gridIndex), layer.styles);
    this.pictures.set(layer.labels, { stamp, picture });
    const look = { opacity: layer.opacity, lineWidth: 1.5 * ratio, dashed: layer.dashed };
    picture.draw(context, this.matrix(grid, ratio), layer.styles, look);
  }

  /** From voxel corners of the plane to canvas pixels. */
  private matrix(grid: Grid, ratio: number): DOMMatrix {
    const across: Axis = this.axis === 0 ? 1 : 0;
    const down: Axis = this.axis === 2 ? 1 : 2;
    const corner = (u: number, v: number) => {
      const index: [number, number, number] = [0, 0, 0];
      index[this.axis] = this.images?.grid ? this.gridIndex : 0;
      index[across] = u - 0.5;
      index[down] = v - 0.5;
      return this.toCanvas(indexToWorld(grid, index));
    };
    const [origin, right, below] = [corner(0, 0), corner(1, 0), corner(0, 1)];
    return new DOMMatrix([
      (right[0] - origin[0]) * ratio,
      (right[1] - origin[1]) * ratio,
      (below[0] - origin[0]) * ratio,
      (below[1] - origin[1]) * ratio,
      origin[0] * ratio,
      origin[1] * ratio,
    ]);
  }

  private paintLines(context: CanvasRenderingContext2D, ratio: number): void {
    context.save();
    context.lineWidth = ratio;
    context.globalAlpha = 0.55;
    for (const { from, to, colour } of this.host.referenceLines(this)) {
      const [a, b] = [this.toCanvas(from), this.toCanvas(to)];
      context.strokeStyle = colour;
      context.beginPath();
      context.moveTo(a[0] * ratio, a[1] * ratio);
      context.lineTo(b[0] * ratio, b[1] * ratio);
      context.stroke();
    }
    context.restore();
  }
}
