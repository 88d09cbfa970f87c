/** The series that are open, each in its slot, and how far their images have come. */

import { Enums, eventTarget } from "@cornerstonejs/core";

import { frameError } from "./answers";
import { letGo, releaseIdle } from "./holding";
import type { Slot } from "./layouts";
import { openImages, type Images } from "./source";
import type { ImageSource } from "./types";

/** How far loading is, is told no more often than this. */
const TELL_MS = 100;

interface VolumeProgress {
  readonly volumeId: string;
  readonly framesProcessed: number;
}

interface LoadError {
  readonly error?: unknown;
  readonly imageId?: string;
}

export interface SlotHooks {
  /** Frames of all open volumes. */
  progress(progress: { loaded: number; total: number }): void;
  /** All voxels of a slot's volume are here. */
  loaded(slot: Slot): void;
  failed(error: Error): void;
}

export class Slots {
  private readonly opened = new Map<Slot, Images>();
  private readonly frames = new Map<string, number>();
  private readonly turns = new Map<Slot, number>();
  private told = 0;
  private readonly hooks: SlotHooks;
  private readonly stops: readonly (() => void)[];

  constructor(hooks: SlotHooks) {
    this.hooks = hooks;
    this.stops = [
      listenTo(Enums.Events.IMAGE_VOLUME_MODIFIED, (detail) => this.onVolume(detail as VolumeProgress)),
      listenTo(Enums.Events.IMAGE_LOAD_ERROR, (detail) => this.onLoadError(detail as LoadError)),
      listenTo(Enums.Events.IMAGE_LOAD_FAILED, (detail) => this.onLoadError(detail as LoadError)),
    ];
  }

  dispose(): void {
    this.turns.forEach((turn, slot) => this.turns.set(slot, turn + 1)); // what is on its way comes too late
    this.stops.forEach((stop) => stop());
    this.opened.forEach(letGo);
    this.opened.clear();
    releaseIdle();
  }

  get(slot: Slot): Images | null {
    return this.opened.get(slot) ?? null;
  }

  /** Open a series in a slot; null when another one was asked for meanwhile. */
  async open(slot: Slot, source: ImageSource): Promise<Images | null> {
    const turn = (this.turns.get(slot) ?? 0) + 1;
    this.turns.set(slot, turn);
    const images = await openImages(source);
    if (this.turns.get(slot) !== turn) {
      letGo(images);
      return null;
    }
    this.replace(slot, images);
    return images;
  }

  close(slot: Slot): void {
    this.turns.set(slot, (this.turns.get(slot) ?? 0) + 1);
    this.replace(slot, null);
  }

  private replace(slot: Slot, images: Images | null): void {
    const before = this.get(slot);
    if (images) {
      this.opened.set(slot, images);
    } else {
      this.opened.delete(slot);
    }
    if (before) {
      letGo(before);
    }
  }

  /** Begin to load the voxels of a slot. */
  load(slot: Slot): void {
    const images = this.get(slot);
    if (images?.volume) {
      const { volume } = images;
      volume.load();
      this.onVolume({
        volumeId: volume.volumeId,
        framesProcessed: volume.loadStatus?.loaded ? images.imageIds.length : 0,
      });
    }
  }

  private onVolume({ volumeId, framesProcessed }: VolumeProgress): void {
    const own = [...this.opened].filter(([, { volume }]) => volume?.volumeId === volumeId);
    if (own.length === 0) {
      return;
    }
    this.frames.set(volumeId, framesProcessed);
    const complete = own.some(([, { imageIds }]) => framesProcessed === 0 || framesProcessed >= imageIds.length);
    if (complete || performance.now() - this.told > TELL_MS) {
      this.told = performance.now();
      this.tell();
    }
    for (const [slot, { imageIds }] of own) {
      if (framesProcessed >= imageIds.length) {
        this.hooks.loaded(slot);
      }
    }
  }

  private tell(): void {
    const volumes = new Map<string, readonly string[]>();
    for (const { volume, imageIds } of this.opened.values()) {
      if (volume) {
        volumes.set(volume.volumeId, imageIds);
      }
    }
    let [loaded, total] = [0, 0];
    for (const [volumeId, imageIds] of volumes) {
      total += imageIds.length;
      loaded += Math.min(imageIds.length, this.frames.get(volumeId) ?? 0);
    }
    this.hooks.progress({ loaded, total });
  }

  /** Frames that are fetched ahead fail in silence: they are asked for again when their case is opened. */
  private onLoadError({ error, imageId }: LoadError): void {
    const open = [...this.opened.values()];
    if (imageId === undefined || open.some(({ imageIds }) => imageIds.includes(imageId))) {
      this.hooks.failed(frameError(error ?? imageId ?? ""));
    }
  }
}

function listenTo(name: string, handle: (detail: unknown) => void): () => void {
  const listener = (event: Event) => handle((event as CustomEvent).detail);
  eventTarget.addEventListener(name, listener);
  return () => eventTarget.removeEventListener(name, listener);
}
