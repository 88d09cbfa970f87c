/** Which images are open, and the marks on them: between the book, which knows all series, and the viewer. */

import {
  LAYOUTS,
  needsVolume,
  type FrameKey,
  type FrameMask,
  type Measurement,
  type Slot,
  type Viewer,
} from "@/imaging";

import type { Schemas } from "@/shared/api/types";

import { unpackFrame } from "./codec";
import type { MeasurementChange } from "./journal";
import { imageTrouble } from "./imageTrouble";
import { fitLevels } from "./levels";
import type { MarkBook } from "./markBook";
import { fromRecord, toRecord } from "./measurementRecords";
import { seriesOf, sourceOf } from "./series";
import { useSegment } from "./segmentStore";
import { useRoom, type OpenVolume, type RoomState } from "./store";
import type { ReadingDetail } from "./sync";

type Saved = Pick<Schemas["Measurement"], "key" | "data">;

export interface ImagesHooks {
  viewer(): Viewer | null;
  /** Ends with the room. */
  set(part: Partial<RoomState>): void;
  disposed(): boolean;
  /** Before other images come: what is drawn on these is written down. */
  leaving(): Promise<void>;
  measured(change: MeasurementChange, tool: string): void;
  /** Whether marks can be changed now. */
  locked(): boolean;
  /** The book is filled. */
  readonly marksHere: Promise<void>;
}

export class OpenImages {
  private readonly reading: ReadingDetail;
  private readonly book: MarkBook;
  private readonly hooks: ImagesHooks;
  private sops: ReadonlySet<string> = new Set();
  /** Measurements of an earlier revision, shown instead. */
  private past: readonly Saved[] | null = null;

  constructor(reading: ReadingDetail, book: MarkBook, hooks: ImagesHooks) {
    this.reading = reading;
    this.book = book;
    this.hooks = hooks;
  }

  /** Show a volume (time point) of a series, perhaps beginning with one of its images. */
  async openSeries(seriesUid: string, volumeIndex: number, sop?: string): Promise<void> {
    const series = this.reading.series.find((candidate) => candidate.series_uid === seriesUid);
    const viewer = this.hooks.viewer();
    if (!series || !viewer) {
      return;
    }
    await this.hooks.leaving();
    const other = seriesUid !== useRoom.getState().seriesUid; // else another time point, seen as before
    this.hooks.set({
      seriesUid,
      volumeIndex,
      imagesReady: false,
      loading: { loaded: 0, total: 0 },
      imageError: "",
      counts: new Map(),
      measurements: [],
      measurement: null,
      draftShown: null,
      ...(other ? { views: {}, solids: {} } : {}),
    });
    try {
      const found = await sourceOf(series, volumeIndex, sop);
      if (!found || this.hooks.disposed()) {
        return;
      }
      const { source, reasons, label } = found;
      const { layout } = useRoom.getState();
      const fits = source.regular || !needsVolume(LAYOUTS[layout]);
      this.hooks.set({ regular: source.regular, reasons, volumeLabel: label, layout: fits ? layout : "stack" });
      useSegment.setState({ unit: source.units });
      viewer.setReadOnly(true);
      await viewer.open(source);
      await this.hooks.marksHere;
      if (this.hooks.disposed()) {
        return;
      }
      this.sops = new Set(source.frames.map((frame) => frame.sop));
      await this.showAll(viewer);
      fitLevels(viewer, source.units, seriesUid);
      this.hooks.set({ imagesReady: true, voxelMl: viewer.voxelMl, scaled: viewer.scaled });
    } catch (error) {
      this.hooks.set({ imageError: imageTrouble(error) });
    } finally {
      viewer.setReadOnly(this.hooks.locked());
    }
  }

  /** Show a volume beside the main series, or empty the slot with null. */
  async openBeside(slot: Exclude<Slot, "main">, wanted: OpenVolume | null): Promise<void> {
    const series = wanted && seriesOf(this.reading).find(({ series_uid }) => series_uid === wanted.seriesUid);
    const { [slot]: _, ...others } = useRoom.getState().beside;
    this.hooks.set({ beside: series ? { ...others, [slot]: wanted } : others });
    try {
      const found = series ? await sourceOf(series, wanted.volumeIndex, wanted.sop) : null;
      if (!this.hooks.disposed() && useRoom.getState().beside[slot] === (series ? wanted : undefined)) {
        await this.hooks.viewer()?.openBeside(slot, found?.source ?? null);
      }
    } catch (error) {
      this.hooks.set({ imageError: imageTrouble(error) });
    }
  }

  shows(key: FrameKey): boolean {
    return this.sops.has(key.sop);
  }

  /** Put the book's marks of the open images into the viewer, once they are unpacked and nothing newer is in the book. */
  private async showAll(viewer: Viewer): Promise<void> {
    const packed = this.book.framesOf(viewer.masks.frameKeys);
    const masks = await Promise.all(packed.map(unpackFrame));
    const newer = this.book.framesOf(viewer.masks.frameKeys).filter((frame) => !packed.includes(frame));
    viewer.masks.importFrames(masks);
    this.showMeasurements();
    if (newer.length > 0) {
      viewer.masks.importFrames(await Promise.all(newer.map(unpackFrame)));
    }
  }

  /** Show these frames, and the measurements as the book has them now. */
  show(frames: readonly FrameMask[]): void {
    if (frames.length > 0) {
      this.hooks.viewer()?.masks.importFrames(frames);
    }
    this.showMeasurements();
  }

  /** Show the measurements of an earlier revision, or the present ones again with null. */
  showPast(past: readonly Saved[] | null): void {
    this.past = past;
    this.showMeasurements();
  }

  private showMeasurements(): void {
    const entries = this.past?.map(({ key, data }) => [key, data] as const) ?? this.book.measurementEntries();
    const measurements = entries.flatMap(([key, data]) => {
      const one = fromRecord(key, data);
      return one && this.sops.has(one.sop) ? [one] : [];
    });
    this.hooks.viewer()?.measurements.restore(measurements);
  }

  /** One was added, changed or deleted by hand: it is written at once. */
  onMeasurement(key: string, measurement: Measurement | null): void {
    const change = { key, data: measurement && toRecord(measurement) };
    this.book.putMeasurement(change);
    this.hooks.measured(change, measurement?.type ?? "measurement");
  }
}
