/** Looking at an earlier revision: shown in the viewer, changed nowhere. */

import type { Viewer } from "@/imaging";
import { client, take } from "@/shared/api/client";

import { unpackFrame } from "./codec";
import type { OpenImages } from "./openImages";
import { useRoom, type RoomState } from "./store";
import type { MarkSync, ReadingDetail } from "./sync";
import { fetchFrames } from "./transport";

/** What a preview needs of the session. */
interface Previewed {
  readonly reading: ReadingDetail;
  readonly viewer: Viewer | null;
  readonly sync: MarkSync;
  readonly images: OpenImages;
  set(part: Partial<RoomState>): void;
  lock(): void;
  writeDown(): Promise<void>;
}

export class Preview {
  private readonly session: Previewed;
  /** Counts the wishes: the answer to an older one comes too late. */
  private asked = 0;

  constructor(session: Previewed) {
    this.session = session;
  }

  /** Show the marks as they were at a revision (0: nothing), instead of the present ones. */
  async show(number: number): Promise<void> {
    const { session } = this;
    this.asked += 1;
    const wish = this.asked;
    await session.writeDown();
    const reading = session.reading.id;
    const path = { reading_id: reading, number };
    const [{ frames }, state] = await Promise.all([
      fetchFrames(reading, { since: 0, at: number }),
      take(client.GET("/api/readings/{reading_id}/revisions/{number}", { params: { path } })),
    ]);
    const open = frames.filter((frame) => session.images.shows(frame));
    const masks = await Promise.all(open.map(unpackFrame));
    if (wish !== this.asked) {
      return;
    }
    session.set({ previewed: number, answers: state.answers });
    session.lock();
    session.viewer?.masks.showPast(masks);
    session.images.showPast(state.measurements);
  }

  /** The same on other images. */
  async again(): Promise<void> {
    const { previewed } = useRoom.getState();
    if (previewed !== null) {
      await this.show(previewed);
    }
  }

  /** Back to the present. */
  leave(): void {
    this.asked += 1;
    if (useRoom.getState().previewed === null) {
      return;
    }
    const { session } = this;
    session.viewer?.masks.showPast(null);
    session.images.showPast(null);
    session.set({ previewed: null, answers: session.sync.book.answerRecord() });
    session.lock();
  }
}
