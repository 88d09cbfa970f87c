/** One open reading: images, marks and their sync, tied together. React only shows what it writes to the store. */

import { NoWebGlError, Viewer, type FrameKey, type LayoutName, type Slot } from "@/imaging";
import { client, take } from "@/shared/api/client";
import type { Schemas } from "@/shared/api/types";

import { giveAnswer } from "./answering";
import { newId, unpackFrame, type PackedFrame } from "./codec";
import { openAsRuled } from "./hanging";
import { OpenImages } from "./openImages";
import { claim, type Presence } from "./presence";
import { Preview } from "./preview";
import { promptAsker } from "./prompts";
import { NOTHING_TO_SAVE, type Choice, type SaveState } from "./sending";
import { followPage, followServer, followViewer } from "./following";
import { calledBack, seeOff } from "./seeingOff";
import { emptyRoom, roomLabel, useRoom, type OpenVolume, type RoomLabel, type RoomState } from "./store";
import { MarkSync, type ReadingDetail } from "./sync";
import { submitReading } from "./submitting";
import { fetchDraftFrames } from "./transport";

export type { ReadingDetail };

/** What a second window begins with: the layout that was last chosen in it. */
export interface Second {
  readonly layout: LayoutName | null;
}

export class RoomSession {
  readonly reading: ReadingDetail;
  /** The viewer can take panes. */
  readonly viewerReady: Promise<Viewer | null>;
  viewer: Viewer | null = null;
  readonly sync: MarkSync;
  readonly images: OpenImages;
  readonly preview: Preview;
  /** Another window has the reading, and this one shows beside it, in a layout of its own. */
  readonly second: Second | null;
  private readonly stops: (() => void)[] = [];
  private readonly tab = newId();
  private presence: Presence | null = null;
  private disposed = false;
  /** Looking on, until the images are there. */
  private looking: Promise<void> = Promise.resolve();
  /** The case's first images, asked for at once: they do not wait until this person may draw. */
  private opening: Promise<void> | null = null;
  private marksHere: () => void = () => undefined;
  /** The server takes changes of this person. */
  editable: boolean;

  /** `person`: id of who is signed in; `second`: this window only shows, beside the one that has the reading. */
  constructor(reading: ReadingDetail, person: string, second: Second | null) {
    this.second = second;
    this.reading = reading;
    this.editable = reading.may_edit;
    const labels = reading.protocol.labels.map(roomLabel);
    useRoom.setState({ ...emptyRoom, labels, label: labels[0]?.value ?? 0, mayEdit: reading.may_edit });
    this.sync = new MarkSync(reading.id, person, {
      lendFrames: (keys) => this.viewer?.masks.lendFrames(keys) ?? { frames: [], release: () => undefined },
      busy: () => this.viewer?.editor.busy ?? false,
      shows: (key) => this.images.shows(key),
      changed: (frames) => {
        this.images.show(frames);
        this.showAnswers();
      },
      onState: (save, trouble) => this.onSave(save, trouble),
      onConflict: (count) => this.set({ conflict: count }),
      failed: (error) => this.fail(error),
    });
    this.images = new OpenImages(reading, this.sync.book, {
      viewer: () => this.viewer,
      set: (part) => this.set(part),
      disposed: () => this.disposed,
      leaving: () => this.writeDown(),
      measured: (change, tool) => void this.sync.strokes.record(tool, { measurements: [change] }),
      locked: () => this.locked,
      marksHere: new Promise((resolve) => {
        this.marksHere = resolve;
      }),
    });
    this.preview = new Preview(this);
    this.viewerReady = this.startViewer().catch((error: unknown) => {
      this.fail(error);
      return null;
    });
    void this.start().catch((error: unknown) => this.fail(error));
  }

  set(part: Partial<RoomState>): void {
    if (!this.disposed) {
      useRoom.setState(part);
    }
  }

  private fail(error: unknown): void {
    const failure = error instanceof Error ? error : new Error(String(error));
    this.set({ phase: failure instanceof NoWebGlError ? "noWebGl" : "failed", failure });
  }

  /** Marks can be looked at only. */
  get locked(): boolean {
    const { mayEdit, phase, imagesReady } = useRoom.getState();
    return !mayEdit || phase !== "ready" || !imagesReady; // what is drawn before the marks are there would be drawn over
  }

  /** Tell the page and the viewer whether marks can be changed now. */
  lock(): void {
    const { phase, previewed } = useRoom.getState();
    const elsewhere = this.second !== null || phase === "occupied" || phase === "taken";
    this.set({ mayEdit: this.editable && !elsewhere && previewed === null });
    this.viewer?.setReadOnly(this.locked);
  }

  // ── beginning and end ────────────────────────────────────────────────────

  private async startViewer(): Promise<Viewer | null> {
    const viewer = await Viewer.create();
    if (this.disposed) {
      viewer.dispose();
      return null;
    }
    this.viewer = viewer;
    viewer.setReadOnly(true);
    viewer.askPrompt = promptAsker(this.reading.id);
    this.stops.push(followViewer(this, viewer), followPage(this), followServer(this));
    this.opening = openAsRuled(this, this.second?.layout ?? null);
    this.opening.catch(() => undefined); // `begin` waits for it and tells
    return viewer;
  }

  private async start(): Promise<void> {
    if (this.second) {
      await this.viewerReady;
      this.looking = this.begin("second");
      await this.looking;
      return;
    }
    await calledBack(this.reading.id);
    const presence = await claim({
      reading: this.reading.id,
      tab: this.tab,
      atDesk: this.reading.may_edit,
      lost: (where) => this.takenOver(where),
    });
    this.presence = presence;
    const viewer = this.disposed ? null : await this.viewerReady;
    if (this.disposed || !viewer) {
      presence.release();
      return;
    }
    this.looking = this.begin(presence.held ? "ready" : "occupied");
    await this.looking;
  }

  /** Work here, although the reading is open in another tab or at another machine. */
  async takeOver(): Promise<void> {
    try {
      await this.looking;
      this.set({ phase: "loading", imagesReady: false });
      await this.presence?.takeOver();
      await this.begin("ready");
    } catch (error) {
      this.fail(error);
    }
  }

  /**
   * Stop here. Another tab reads this one's journal, and sends what is in it; another machine cannot, so what waits is
   * still sent from here, and so is what the journal could not take.
   */
  private async takenOver(where: "tab" | "machine"): Promise<void> {
    this.preview.leave();
    const written = this.writeDown();
    this.set({ phase: "taken" });
    this.lock();
    await written;
    if (where === "tab" && !this.sync.unsafe) {
      await this.sync.stop();
      this.set({ save: { ...NOTHING_TO_SAVE, head: useRoom.getState().save.head } });
    }
  }

  /** The page is left, or comes back from the browser's memory. */
  away(away: boolean): void {
    this.presence?.away(away);
  }

  /** The server's event names the machine that has the reading now. */
  takenBy(machine: string): void {
    this.presence?.takenBy(machine);
  }

  /** Show images and marks: to work on them, or only to look at them while they are worked on elsewhere. */
  private async begin(phase: "ready" | "occupied" | "second"): Promise<void> {
    const reading = await this.sync.begin(phase === "ready");
    if (this.disposed) {
      return;
    }
    this.editable = reading.may_edit;
    this.set({
      phase,
      previewed: null,
      conflict: null,
      answers: this.sync.book.answerRecord(),
      backend: this.viewer?.backend ?? null,
    });
    this.lock();
    this.marksHere();
    const first = this.opening;
    this.opening = null; // whoever takes over opens them anew, with the marks of that moment
    const { seriesUid, volumeIndex } = useRoom.getState();
    await (first ?? (seriesUid ? this.openSeries(seriesUid, volumeIndex) : openAsRuled(this)));
    if (phase === "ready" && reading.may_edit && reading.state === "assigned") {
      await take(client.POST("/api/readings/{reading_id}/open", { params: { path: { reading_id: reading.id } } }));
    }
  }

  dispose(): void {
    const { presence, sync } = this;
    const left = sync.leave();
    this.disposed = true;
    this.stops.forEach((stop) => stop());
    this.viewer?.dispose();
    seeOff(this.reading.id, left, async () => {
      await sync.stop();
      presence?.release();
      this.viewer = null; // queries remember their session for minutes; the images must not stay that long
    });
  }

  // ── images ───────────────────────────────────────────────────────────────

  /** Show a volume (time point) of a series. */
  async openSeries(seriesUid: string, volumeIndex: number, sop?: string): Promise<void> {
    await this.images.openSeries(seriesUid, volumeIndex, sop);
    await this.preview.again();
  }

  /** Show a volume beside the main series, or empty the slot with null. */
  openBeside(slot: Exclude<Slot, "main">, wanted: OpenVolume | null): Promise<void> {
    return this.images.openBeside(slot, wanted);
  }

  /** Frames as they are now, sent or not, also of series that are not open. */
  framesOf(keys: readonly FrameKey[]): PackedFrame[] {
    return this.sync.book.framesOf(keys);
  }

  /** Labels that are marked on images of the reading that are not open. */
  async labelsElsewhere(): Promise<ReadonlySet<number>> {
    const found = new Set<number>();
    const values = this.reading.protocol.labels.map(({ value }) => value);
    for (const frame of this.sync.book.marked().filter((one) => !this.images.shows(one))) {
      const { labels } = await unpackFrame(frame);
      values.filter((value) => labels.includes(value)).forEach((value) => found.add(value));
    }
    return found;
  }

  // ── changes by hand ──────────────────────────────────────────────────────

  /** Answer a question, or keep a finding or a comment (see findings.ts); null takes it back. */
  answer(question: string, value: unknown): void {
    giveAnswer(this.sync.book, this.sync.strokes, question, value ?? null);
  }

  private showAnswers(): void {
    if (useRoom.getState().previewed === null) {
      this.set({ answers: this.sync.book.answerRecord() });
    }
  }

  /** Write everything drawn into the journal. */
  writeDown(): Promise<void> {
    return this.sync.strokes.flush(true);
  }

  setLabels(labels: readonly RoomLabel[]): void {
    this.set({ labels });
    this.viewer?.masks.setLabels(labels);
  }

  // ── sync ─────────────────────────────────────────────────────────────────

  private onSave(save: SaveState, trouble: string): void {
    const now = useRoom.getState();
    if (now.trouble !== trouble || JSON.stringify(now.save) !== JSON.stringify(save)) {
      this.set({ save, trouble }); // it is told at every move of a hand that draws
    }
    if (save.status === "locked" && this.editable) {
      this.setEditable(false);
    }
    if (save.status === "conflict" && (this.disposed || useRoom.getState().phase === "taken")) {
      void this.sync.stop(); // it is asked about where the reading is opened next with this journal
    }
  }

  setEditable(editable: boolean): void {
    this.editable = editable;
    this.lock();
  }

  settle(choice: Choice): void {
    this.sync.settle(choice);
  }

  retry(): void {
    this.sync.retry();
  }

  /** Everything that was done here is with the server; resolves to the head. Rejects with NotSavedError. */
  saved(): Promise<number> {
    return this.sync.saved();
  }

  /** Show what is on the server after something was done there directly. */
  async renew(): Promise<void> {
    const reading = await this.sync.renew();
    this.setEditable(reading.may_edit);
  }

  /** Go back to an earlier revision, as a new revision; resolves to the one that was left. */
  async restore(number: number): Promise<number> {
    const base = await this.saved();
    const body = { number, base_revision: base, client_id: newId() };
    const params = { path: { reading_id: this.reading.id } };
    await take(client.POST("/api/readings/{reading_id}/restore", { params, body }));
    this.preview.leave();
    await this.renew();
    return base;
  }

  /** Submit the reading; `asked` is called when all is with the server and the request is on its way. */
  async submit(asked: () => void): Promise<void> {
    let answered = false;
    const submitted = submitReading(this.reading.id, await this.saved()).finally(() => (answered = true));
    setTimeout(() => answered || asked()); // the request itself is begun a few microtasks from here
    await submitted;
    if (!this.disposed) {
      this.setEditable(false);
    }
  }

  // ── drafts ───────────────────────────────────────────────────────────────

  /** Show a draft over the images, or take it away with null. */
  async showDraft(draft: string | null): Promise<void> {
    this.set({ draftShown: draft });
    const frames = draft ? await Promise.all((await fetchDraftFrames(draft)).map(unpackFrame)) : null;
    if (useRoom.getState().draftShown === draft) {
      this.viewer?.masks.propose("draft", frames);
    }
  }

  async decide(draft: string, action: Schemas["DecideRequest"]["action"]): Promise<void> {
    const body = { action, base_revision: await this.saved(), client_id: newId() };
    const params = { path: { reading_id: this.reading.id, draft_id: draft } };
    await take(client.POST("/api/readings/{reading_id}/drafts/{draft_id}/decide", { params, body }));
    await this.showDraft(null);
    await this.renew();
  }
}
