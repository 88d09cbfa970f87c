/** The images in a viewport: a volume or stack, perhaps another volume over it, as planes or slabs, and their look. */

import { Enums, type PlanarViewport } from "@cornerstonejs/core";

import { BrokenFrameError } from "./answers";
import { colourMapOf, curveMapOf } from "./colourMaps";
import type { Curve } from "./curves";
import { isBrokenFrame } from "./failures";
import type { PlaneView } from "./grid";
import type { ColourMap, Slab, SlabMode } from "./layouts";
import type { Images } from "./source";
import type { Range } from "./types";

/** How images look: window, inversion and colours. */
export interface Look {
  /** Null: as the file asks. */
  readonly window: Range | null;
  readonly invert: boolean;
  readonly colours: ColourMap;
  /** How the window turns values into grey; null: in a straight line. */
  readonly curve: Curve | null;
}

const BLENDS: Record<SlabMode, Enums.BlendModes> = {
  max: Enums.BlendModes.MAXIMUM_INTENSITY_BLEND,
  min: Enums.BlendModes.MINIMUM_INTENSITY_BLEND,
  average: Enums.BlendModes.AVERAGE_INTENSITY_BLEND,
};

/** Mount images; a stack begins with the frame nearest to its middle that is not broken, for the first must come. */
async function beginning(images: Images, mount: () => Promise<unknown>): Promise<void> {
  if (images.volume) {
    await mount();
    return;
  }
  const middle = Math.floor(images.imageIds.length / 2);
  const outwards = images.imageIds
    .map((imageId, index) => ({ imageId, index }))
    .sort((one, other) => Math.abs(one.index - middle) - Math.abs(other.index - middle));
  for (const { imageId, index } of outwards) {
    if (isBrokenFrame(imageId)) {
      continue;
    }
    images.beginAt(index);
    try {
      await mount();
      return;
    } catch (error) {
      if (!isBrokenFrame(imageId)) {
        throw error;
      }
    }
  }
  throw new BrokenFrameError();
}

export class Mounted {
  private readonly viewport: () => PlanarViewport;
  private turn = 0;
  private hushed = 0;
  private overLook: { readonly look: Look; readonly opacity: number } | null = null;
  private look: Look = { window: null, invert: false, colours: "grey", curve: null };
  images: Images | null = null;
  /** The volume that lies over the images. */
  over: Images | null = null;
  slab: Slab = { mm: 0, mode: "max" };

  constructor(viewport: () => PlanarViewport) {
    this.viewport = viewport;
  }

  /** Run `steps` and draw once after them: Cornerstone draws after each, and only the last picture is of any use. */
  async once(steps: () => Promise<void>): Promise<void> {
    const viewport = this.viewport();
    this.hushed += 1;
    viewport.render = () => undefined;
    try {
      await steps();
    } finally {
      this.hushed -= 1;
      if (this.hushed === 0) {
        Reflect.deleteProperty(viewport, "render"); // the class's own again
        viewport.render();
      }
    }
  }

  /** Nothing is shown any more, and nothing that is on its way will be. */
  dispose(): void {
    this.turn += 1;
    this.images = null;
  }

  /**
   * Put images in; false when others were asked for meanwhile.
   *
   * The CPU path of Cornerstone 5.14 leaves slabs out, so those are drawn by WebGL on any machine.
   */
  async show(images: Images, over: Images | null, view: PlaneView | null, look: Look): Promise<boolean> {
    const turn = ++this.turn;
    this.look = look;
    this.images = null;
    const orientation = view
      ? { viewPlaneNormal: [...view.normal], viewUp: [...view.up] }
      : Enums.OrientationAxis.ACQUISITION;
    const backend = this.slab.mm > 0 ? { renderBackend: Enums.RenderBackends.GPU } : {};
    const sets = over && images.volume && over.volume ? [images, over] : [images];
    await beginning(images, () =>
      this.viewport().setDisplaySets(
        ...sets.map(({ displaySetId }) => ({
          displaySetId,
          options: { orientation: orientation as never, ...backend },
        })),
      ),
    );
    if (turn !== this.turn) {
      return false;
    }
    this.images = images;
    this.over = sets[1] ?? null;
    this.present();
    return true;
  }

  /** Show what another viewport shows, just as it does; false where that is nothing. */
  async mimic(other: Mounted, view: PlaneView | null): Promise<boolean> {
    const { images, over, look, overLook, slab } = other;
    this.slab = slab;
    if (!images || !(await this.show(images, over, view, look))) {
      return false;
    }
    if (overLook) {
      this.setOver(overLook.look, overLook.opacity);
    }
    return true;
  }

  /** Show a slab, or a plane again. */
  async setSlab(slab: Slab, view: PlaneView | null): Promise<void> {
    const remount = this.slab.mm > 0 !== slab.mm > 0;
    const { images, over, look } = this;
    this.slab = slab;
    if (!images?.volume) {
      return;
    }
    if (!remount) {
      this.present();
      return;
    }
    const state = this.viewport().getViewState();
    if (await this.show(images, over, view, look)) {
      this.viewport().setViewState(state);
    }
  }

  setLook(look: Look): void {
    this.look = look;
    this.present();
  }

  /** The lowest values are not drawn dark. */
  get lowIsBright(): boolean {
    return this.look.invert !== (this.images?.inverse ?? false) || this.look.colours !== "grey";
  }

  private present(): void {
    const { images, slab } = this;
    if (!images) {
      return;
    }
    const thick = images.volume ? { slabThickness: slab.mm, blendMode: BLENDS[slab.mode] } : {};
    this.put(images, this.look, thick);
  }

  /** How the volume on top looks; `opacity` from 0 to 1. */
  setOver(look: Look, opacity: number): void {
    this.overLook = { look, opacity };
    if (this.over && this.images) {
      this.put(this.over, look, { opacity });
    }
  }

  private put({ displaySetId, inverse }: Images, { window, invert, colours, curve }: Look, more: object): void {
    this.viewport().setDisplaySetPresentation(displaySetId, {
      ...(window ? { voiRange: { ...window } } : {}),
      invert: invert !== inverse,
      colormap: colours === "grey" && curve ? curveMapOf(curve) : colourMapOf(colours),
      ...more,
    } as never);
  }
}
