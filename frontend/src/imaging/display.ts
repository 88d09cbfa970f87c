/** How each series looks: window, inversion, colours. Panes that show the same series look alike. */

import { cache } from "@cornerstonejs/core";

import type { Curve } from "./curves";
import { fileWindows, type FileWindow } from "./header";
import { paddingOf, withoutPadding } from "./headerPlanes";
import type { ColourMap, Fusion, Slot } from "./layouts";
import type { Look } from "./mounted";
import type { Pane } from "./pane";
import type { PaneSet } from "./paneSet";
import type { Images } from "./source";
import type { Range } from "./types";
import { percentileRange, presetsFor, toRange } from "./windows";

const PLAIN: Look = { window: null, invert: false, colours: "grey", curve: null };
/** PET where its values are SUV: what most readers start with. */
const SUV_RANGE: Range = { lower: 0, upper: 10 };

export class Display {
  private readonly looks = new Map<Slot, Look>();
  private readonly series = new Map<Slot, string>();
  private fusion: Partial<Pick<Fusion, "colours" | "opacity">> = {};
  private readonly views: PaneSet;
  private readonly imagesOf: (slot: Slot) => Images | null;
  private readonly changed: (slot: Slot, look: Look) => void;

  constructor(views: PaneSet, imagesOf: (slot: Slot) => Images | null, changed: (slot: Slot, look: Look) => void) {
    this.views = views;
    this.imagesOf = imagesOf;
    this.changed = changed;
  }

  look(slot: Slot): Look {
    return this.looks.get(slot) ?? PLAIN;
  }

  window(slot: Slot): Range {
    return this.look(slot).window ?? toRange(40, 400);
  }

  /** Start anew for other images in a slot. */
  open(slot: Slot, images: Images): void {
    const before = this.series.get(slot);
    this.series.set(slot, images.source.seriesUid);
    if (before === images.source.seriesUid && this.looks.has(slot)) {
      this.put(slot, this.look(slot)); // another time point or echo of the same series
      return;
    }
    const { modality, units } = images.source;
    const window = startRange(images);
    const colours: ColourMap = modality === "PT" && units.startsWith("SUV") ? "petInverse" : "grey";
    this.put(slot, { window, invert: false, colours: slot === "main" ? "grey" : colours, curve: null });
  }

  private put(slot: Slot, look: Look): void {
    this.looks.set(slot, look);
    for (const pane of this.views.ready()) {
      if (pane.spec.slot === slot) {
        pane.setLook(look);
      }
      if (pane.spec.fusion?.slot === slot) {
        this.fuse(pane);
      }
    }
    this.changed(slot, this.look(slot)); // by drawing, a pane may have asked for another one meanwhile
  }

  /** Blend and colours of the volume on top, in every fused pane. */
  setFusion(part: Partial<Pick<Fusion, "colours" | "opacity">>): void {
    this.fusion = { ...this.fusion, ...part };
    this.views.ready().forEach((pane) => this.fuse(pane));
  }

  /** Give the volume on top of a pane its look. */
  fuse(pane: Pane): void {
    const { fusion } = pane.spec;
    if (fusion) {
      const { colours, opacity } = { ...fusion, ...this.fusion };
      pane.setOver({ ...this.look(fusion.slot), colours }, opacity);
    }
  }

  /** Another window; `curve` is as it was where none is named. */
  setWindow(range: Range, slot: Slot = "main", curve: Curve | null = this.look(slot).curve): void {
    this.put(slot, { ...this.look(slot), window: range, curve });
  }

  setColours(colours: ColourMap, slot: Slot = "main"): void {
    this.put(slot, { ...this.look(slot), colours });
  }

  toggleInvert(slot: Slot = "main"): void {
    this.put(slot, { ...this.look(slot), invert: !this.look(slot).invert });
  }

  /** Window, colours and inversion as they were at the start. */
  reset(slot: Slot = "main"): void {
    this.put(slot, { ...this.look(slot), invert: false, colours: "grey" });
    this.resetWindow(slot);
  }

  /** Voxels have come: a series without a standard window gets one from its own values. */
  loaded(slot: Slot): void {
    const images = this.imagesOf(slot);
    if (images && !startRange(images) && !this.look(slot).window) {
      this.resetWindow(slot);
    }
  }

  /** A CT's own window, the modality's first preset, the window of the file, or the 1st to 99th percentile of a frame. */
  resetWindow(slot: Slot = "main", atStart = false): void {
    const images = this.imagesOf(slot);
    if (!images) {
      return;
    }
    const seen = this.frameFor(slot, images, atStart);
    const [first] = fileWindows(images.header(seen), images.shapes[seen]?.key.frame);
    const curved = !images.volume && first?.curve ? first : null;
    const ofCt = images.source.modality === "CT" && first && !first.curve ? first.range : null;
    const range = ofCt ?? startRange(images) ?? curved?.range ?? this.ownRange(slot, images, first, seen);
    if (range) {
      this.setWindow(range, slot, range === curved?.range ? curved.curve : null);
    }
  }

  /** The frame that a window is made for: of a loose stack the one in view, which at the start may still be coming. */
  private frameFor(slot: Slot, { imageIds, volume, source }: Images, atStart: boolean): number {
    const pane = volume || atStart ? undefined : this.views.ready().find(({ spec }) => spec.slot === slot);
    return pane?.gridIndex ?? source.first ?? Math.floor(imageIds.length / 2);
  }

  private ownRange(slot: Slot, images: Images, window: FileWindow | undefined, seen: number): Range | null {
    if (!images.volume && window && images.source.first === seen) {
      return window.range; // the viewport may still show another frame
    }
    const padding = paddingOf(images.header(seen));
    if (!images.volume && (window || !padding)) {
      // A pane goes on with the images before until these are in it; their window is not that of these.
      return this.views.ready().find((pane) => pane.spec.slot === slot && pane.images === images)?.ownWindow ?? null;
    }
    const image = cache.getImage(images.imageIds[seen] ?? "");
    const values = image && withoutPadding(image.voxelManager?.getScalarData() ?? image.getPixelData(), padding);
    return values ? percentileRange(values, 1, 99) : null;
  }
}

function startRange({ source }: Images): Range | null {
  const preset = presetsFor(source.modality)[0];
  if (preset) {
    return toRange(preset.center, preset.width);
  }
  return source.modality === "PT" && source.units.startsWith("SUV") ? SUV_RANGE : null;
}
