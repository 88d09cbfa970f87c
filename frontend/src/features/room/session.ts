/** One open reading: images, marks, journal and sync, tied together. React only shows what it writes to the store. */

import { NoWebGlError, Viewer, type FrameKey, type ImageSource, type LengthMeasurement } from "@/imaging";
import { client, take } from "@/shared/api/client";
import type { Schemas } from "@/shared/api/types";
import { onEvent } from "@/shared/events/events";
import { useSessionEnd } from "@/shared/session/session";

import { frameId, newId, unpackFrame, type PackedFrame } from "./codec";
import { Journal } from "./journal";
import { fromRecord, lengthChanges } from "./lengthRecords";
import { MarkBook } from "./markBook";
import { Outbox, type Choice } from "./outbox";
import { claim, type Presence } from "./presence";
import { emptyRoom, useRoom, type RoomLabel, type RoomState } from "./store";
import { StrokeWriter } from "./strokes";
import { fetchDraftFrames, fetchFrames, transportTo } from "./transport";

export type ReadingDetail = Schemas["Reading"];

const LENGTH_PAUSE_MS = 250;

export class RoomSession {
  readonly reading: ReadingDetail;
  /** The viewer can take panes. */
  readonly viewerReady: Promise<Viewer | null>;
  viewer: Viewer | null = null;
  private readonly journal = new Journal();
  private readonly book = new MarkBook();
  private readonly stops: (() => void)[] = [];
  private readonly tab = newId();
  private outbox: Outbox | null = null;
  private presence: Presence | null = null;
  private readonly strokes: StrokeWriter;
  private lengthTimer: ReturnType<typeof setTimeout> | undefined;
  private wake: () => void = () => undefined;
  private disposed = false;
  private openSops: ReadonlySet<string> = new Set();

  constructor(reading: ReadingDetail) {
    this.reading = reading;
    const labels = reading.protocol.labels.map(({ value, name, colour }) => ({
      value,
      name,
      colour,
      visible: true,
      locked: false,
    }));
    useRoom.setState({ ...emptyRoom, labels, label: labels[0]?.value ?? 0, mayEdit: reading.may_edit });
    this.strokes = new StrokeWriter(reading.id, this.journal, {
      exportFrames: (keys) => this.viewer?.exportFrames(keys) ?? [],
      packed: (frames) => void this.book.putFrames(frames),
      written: (entry) => this.outbox?.take(entry),
      failed: (error) => this.fail(error),
    });
    this.viewerReady = this.startViewer().catch((error: unknown) => {
      this.fail(error);
      return null;
    });
    void this.start().catch((error: unknown) => this.fail(error));
  }

  private set(part: Partial<RoomState>): void {
    if (!this.disposed) {
      useRoom.setState(part);
    }
  }

  private fail(error: unknown): void {
    const failure = error instanceof Error ? error : new Error(String(error));
    this.set({ phase: failure instanceof NoWebGlError ? "noWebGl" : "failed", failure });
  }

  // ── beginning and end ────────────────────────────────────────────────────

  private async startViewer(): Promise<Viewer | null> {
    const viewer = await Viewer.create();
    if (this.disposed) {
      viewer.dispose();
      return null;
    }
    this.viewer = viewer;
    this.listen(viewer);
    return viewer;
  }

  private async start(): Promise<void> {
    const presence = await claim(this.reading.id, this.tab, () => this.takenOver());
    this.presence = presence;
    const viewer = this.disposed ? null : await this.viewerReady;
    if (this.disposed || !viewer) {
      presence.release();
      return;
    }
    if (presence.held) {
      await this.begin();
    } else {
      this.set({ phase: "occupied" });
    }
  }

  /** Work here, although the reading is open in another tab. */
  async takeOver(): Promise<void> {
    this.set({ phase: "loading" });
    try {
      await this.presence?.takeOver();
      await this.begin();
    } catch (error) {
      this.fail(error);
    }
  }

  private takenOver(): void {
    void this.strokes.flush(true);
    this.outbox?.stop();
    this.viewer?.setReadOnly(true);
    this.set({ phase: "taken" });
  }

  private async begin(): Promise<void> {
    const [frames, reading] = await Promise.all([fetchFrames(this.reading.id, 0), this.detail()]);
    this.book.clear();
    this.book.putFrames(frames.frames);
    this.putSmall(reading);
    const pending = reading.may_edit ? await this.journal.pending(reading.id) : [];
    if (this.disposed) {
      return;
    }
    this.outbox?.stop();
    this.outbox = new Outbox(this.journal, transportTo(reading.id), this.hooks(), frames.head);
    for (const entry of pending) {
      this.book.replay(entry);
      const closed = { ...entry, open: false };
      await this.journal.put(closed);
      this.outbox.take(closed);
    }
    this.viewer?.setReadOnly(!reading.may_edit);
    this.set({
      phase: "ready",
      mayEdit: reading.may_edit,
      save: this.outbox.state,
      answers: this.book.answerRecord(),
      backend: this.viewer?.backend ?? null,
    });
    const first = reading.series[0];
    if (first) {
      await this.openSeries(first.series_uid, 0);
    }
    if (reading.may_edit && reading.state === "assigned") {
      await take(client.POST("/api/readings/{reading_id}/open", { params: { path: { reading_id: reading.id } } }));
    }
  }

  private detail(): Promise<ReadingDetail> {
    return take(client.GET("/api/readings/{reading_id}", { params: { path: { reading_id: this.reading.id } } }));
  }

  private putSmall(reading: ReadingDetail): void {
    this.book.clearSmall();
    reading.measurements.forEach(({ key, data }) => this.book.putMeasurement({ key, data }));
    Object.entries(reading.answers).forEach(([question, value]) => this.book.putAnswer(question, value));
  }

  dispose(): void {
    const written = this.strokes.flush(true);
    this.disposed = true;
    clearTimeout(this.lengthTimer);
    this.stops.forEach((stop) => stop());
    this.outbox?.stop();
    this.presence?.release();
    this.viewer?.dispose();
    void written.finally(() => this.journal.close());
  }

  private listen(viewer: Viewer): void {
    const online = () => this.outbox?.kick();
    const hidden = () => void this.strokes.flush(false);
    const leaving = (event: BeforeUnloadEvent) => {
      void this.strokes.flush(true);
      if (this.strokes.unwritten) {
        event.preventDefault();
      }
    };
    window.addEventListener("online", online);
    document.addEventListener("visibilitychange", hidden);
    window.addEventListener("pagehide", hidden);
    window.addEventListener("beforeunload", leaving);
    this.stops.push(
      () => window.removeEventListener("online", online),
      () => document.removeEventListener("visibilitychange", hidden),
      () => window.removeEventListener("pagehide", hidden),
      () => window.removeEventListener("beforeunload", leaving),
      useSessionEnd.subscribe(({ ended }) => {
        if (!ended) {
          this.outbox?.kick();
        }
      }),
      onEvent((event) => this.onServerEvent(event.kind, event.subject, event.payload)),
      viewer.events.on("view", (view) => this.set({ views: { ...useRoom.getState().views, [view.pane]: view } })),
      viewer.events.on("hover", (hover) => this.set(hover ? { hover, activePane: hover.pane } : { hover })),
      viewer.events.on("window", (range) => this.set({ window: range })),
      viewer.events.on("loading", (loading) => this.set({ loading })),
      viewer.events.on("history", (history) => this.set({ ...history })),
      viewer.events.on("counts", (counts) => this.set({ counts })),
      viewer.events.on("failed", (error) => this.set({ imageError: error.message })),
      viewer.events.on("lengths", (lengths) => this.onLengths(lengths)),
      viewer.events.on("marked", ({ keys, tool, finished }) => this.strokes.mark(keys, tool, finished)),
    );
  }

  private onServerEvent(kind: string, subject: string, payload: Readonly<Record<string, unknown>>): void {
    if (
      kind !== "reading.changed" ||
      subject !== `reading:${this.reading.id}` ||
      useRoom.getState().phase !== "ready"
    ) {
      return;
    }
    const head = Number(payload["head"] ?? 0);
    const { save, mayEdit } = useRoom.getState();
    const editable = payload["state"] !== "submitted";
    if (mayEdit && !editable && save.status !== "saving") {
      void this.reload();
    } else if (head > save.head && save.pending === 0 && save.status === "saved") {
      void this.pull(save.head, new Set()).then(() => this.outbox?.movedTo(head));
    }
  }

  // ── images ───────────────────────────────────────────────────────────────

  /** Show a volume (time point) of a series. */
  async openSeries(seriesUid: string, volumeIndex: number): Promise<void> {
    const series = this.reading.series.find((candidate) => candidate.series_uid === seriesUid);
    const { viewer } = this;
    if (!series || !viewer) {
      return;
    }
    await this.strokes.flush(true);
    this.set({
      seriesUid,
      volumeIndex,
      imagesReady: false,
      loading: { loaded: 0, total: 0 },
      imageError: "",
      counts: new Map(),
      lengths: [],
      draftShown: null,
      views: {},
    });
    try {
      const volumes = await take(
        client.GET("/api/series/{series_uid}/volumes", { params: { path: { series_uid: seriesUid } } }),
      );
      const volume = volumes.find((candidate) => candidate.index === volumeIndex) ?? volumes[0];
      if (!volume || this.disposed) {
        return;
      }
      const regular = volume.geometry !== null;
      const source: ImageSource = {
        studyUid: series.study_uid,
        seriesUid,
        volumeIndex: volume.index,
        modality: series.modality,
        frames: volume.frames.map((frame) => ({ sop: frame.sop_instance_uid, frame: frame.frame_number })),
        regular,
        units: volume.units,
        suvFactor: volume.suv_factor,
        suvFactors: volume.suv_factors,
      };
      this.set({ regular, reasons: volume.reasons, layout: regular ? useRoom.getState().layout : "stack" });
      await viewer.open(source);
      this.openSops = new Set(source.frames.map((frame) => frame.sop));
      await this.showMarks();
      this.set({ imagesReady: true, voxelMl: viewer.voxelMl, scaled: viewer.scaled });
      if (!viewer.scaled && useRoom.getState().tool === "length") {
        this.set({ tool: "window" });
        viewer.setTool("window");
      }
    } catch (error) {
      this.set({ imageError: error instanceof Error ? error.message : String(error) });
    }
  }

  /** Put the book's marks of the open images into the viewer. */
  private async showMarks(frames?: readonly PackedFrame[]): Promise<void> {
    const { viewer } = this;
    if (viewer) {
      const wanted = frames ?? this.book.framesOf(viewer.frameKeys);
      viewer.importFrames(await Promise.all(wanted.map(unpackFrame)));
      this.showLengths();
    }
  }

  private showLengths(): void {
    const lengths = this.book.measurementEntries().flatMap(([key, data]) => {
      const length = fromRecord(key, data);
      return length && this.openSops.has(length.sop) ? [length] : [];
    });
    this.viewer?.restoreLengths(lengths);
  }

  // ── changes by hand ──────────────────────────────────────────────────────

  private onLengths(lengths: readonly LengthMeasurement[]): void {
    this.set({ lengths });
    clearTimeout(this.lengthTimer);
    this.lengthTimer = setTimeout(() => this.saveLengths(), LENGTH_PAUSE_MS);
  }

  private saveLengths(): void {
    if (!useRoom.getState().mayEdit || !this.viewer) {
      return;
    }
    const changes = lengthChanges(this.book.measurementEntries(), this.viewer.lengths(), this.openSops);
    if (changes.length > 0) {
      changes.forEach((change) => this.book.putMeasurement(change));
      void this.strokes.record("length", { measurements: changes });
    }
  }

  /** Answer a question; null takes the answer back. */
  answer(question: string, value: unknown): void {
    this.book.putAnswer(question, value);
    this.set({ answers: this.book.answerRecord() });
    void this.strokes.record("form", { answers: [{ question, value: value ?? null }] });
  }

  setLabels(labels: readonly RoomLabel[]): void {
    this.set({ labels });
    this.viewer?.setLabels(labels);
  }

  // ── sync ─────────────────────────────────────────────────────────────────

  private hooks() {
    return {
      onState: (save: RoomState["save"]) => {
        this.set({ save });
        if (save.status === "locked" && useRoom.getState().mayEdit) {
          this.viewer?.setReadOnly(true);
          this.set({ mayEdit: false });
        }
      },
      onRemote: (since: number, mine: ReadonlySet<string>) => this.pull(since, mine),
      onConflict: (overlap: readonly FrameKey[]) => this.set({ conflict: overlap }),
      onReload: () => this.reload(),
      newId,
      sleep: (milliseconds: number) =>
        new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, milliseconds);
          this.wake = () => {
            clearTimeout(timer);
            resolve();
          };
        }),
      wake: () => this.wake(),
    };
  }

  settle(choice: Choice): void {
    this.set({ conflict: null });
    this.outbox?.settle(choice);
  }

  retry(): void {
    this.outbox?.kick();
  }

  /** Fetch what changed on the server after `since`, except frames that have unsent changes here. */
  private async pull(since: number, mine: ReadonlySet<string>): Promise<void> {
    const [{ frames }, reading] = await Promise.all([fetchFrames(this.reading.id, since), this.detail()]);
    const taken = this.book.putFrames(frames, mine);
    this.putSmall(reading);
    for (const entry of await this.journal.pending(this.reading.id)) {
      entry.measurements.forEach((change) => this.book.putMeasurement(change));
      entry.answers.forEach(({ question, value }) => this.book.putAnswer(question, value));
    }
    this.set({ answers: this.book.answerRecord() });
    const open = new Set(this.viewer?.frameKeys.map(frameId));
    await this.showMarks(taken.filter((frame) => open.has(frameId(frame))));
  }

  /** Show the server's state, whatever was here; nothing may be unsent. */
  private async reload(): Promise<void> {
    const [{ frames, head }, reading] = await Promise.all([fetchFrames(this.reading.id, 0), this.detail()]);
    const before = new Set(this.viewer?.frameKeys.map(frameId));
    this.book.clear();
    this.book.putFrames(frames);
    this.putSmall(reading);
    this.outbox?.movedTo(head);
    this.set({ answers: this.book.answerRecord(), mayEdit: reading.may_edit });
    this.viewer?.setReadOnly(!reading.may_edit);
    await this.showMarks(frames.filter((frame) => before.has(frameId(frame))));
  }

  /** Everything that was done here is with the server; resolves to the head. Rejects with NotSavedError. */
  async saved(): Promise<number> {
    clearTimeout(this.lengthTimer);
    this.saveLengths();
    await this.strokes.flush(true);
    if (!this.outbox) {
      throw new Error("The reading is not open");
    }
    return this.outbox.drain();
  }

  /** Go back to an earlier revision, as a new revision. */
  async restore(number: number): Promise<void> {
    const base = await this.saved();
    const body = { number, base_revision: base, client_id: newId() };
    const params = { path: { reading_id: this.reading.id } };
    await take(client.POST("/api/readings/{reading_id}/restore", { params, body }));
    await this.reload();
  }

  async submit(): Promise<void> {
    const body = { base_revision: await this.saved() };
    await take(
      client.POST("/api/readings/{reading_id}/submit", { params: { path: { reading_id: this.reading.id } }, body }),
    );
    this.viewer?.setReadOnly(true);
    this.set({ mayEdit: false });
  }

  // ── drafts ───────────────────────────────────────────────────────────────

  /** Show a draft over the images, or take it away with null. */
  async showDraft(draft: string | null): Promise<void> {
    this.set({ draftShown: draft });
    const frames = draft ? await Promise.all((await fetchDraftFrames(draft)).map(unpackFrame)) : null;
    if (useRoom.getState().draftShown === draft) {
      this.viewer?.showDraft(frames);
    }
  }

  async decide(draft: string, action: Schemas["DecideRequest"]["action"]): Promise<void> {
    const body = { action, base_revision: await this.saved(), client_id: newId() };
    const params = { path: { reading_id: this.reading.id, draft_id: draft } };
    await take(client.POST("/api/readings/{reading_id}/drafts/{draft_id}/decide", { params, body }));
    await this.showDraft(null);
    await this.reload();
  }
}
