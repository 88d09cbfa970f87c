/** What a session listens to: the page, the server's events, and the viewer. */

import type { Viewer } from "@/imaging";
import { onEvent, useConnection } from "@/shared/events/events";
import { useSessionEnd } from "@/shared/session/session";

import { mirror } from "./mirror";
import { followEdits } from "./segmentStore";
import type { OpenImages } from "./openImages";
import { useRoom } from "./store";
import type { MarkSync, ReadingDetail } from "./sync";

/** What is told to the session. */
interface Listening {
  readonly reading: ReadingDetail;
  readonly editable: boolean;
  readonly sync: MarkSync;
  readonly images: OpenImages;
  retry(): void;
  away(away: boolean): void;
  takenBy(machine: string): void;
  setEditable(editable: boolean): void;
}

/** What others save is taken in while somebody works here, and while they look on. */
const FOLLOWING: ReadonlySet<string> = new Set(["ready", "occupied", "second"]);

const together = (stops: readonly (() => void)[]) => () => stops.forEach((stop) => stop());

/** Leaving, hiding, coming back: what is drawn is written down before, and what waits is sent after. */
export function followPage(session: Listening): () => void {
  const { strokes } = session.sync;
  const write = (close: boolean) => {
    void strokes.flush(close);
  };
  const online = () => session.retry();
  const hidden = () => write(false);
  const away = () => {
    write(false);
    session.away(true);
  };
  const back = () => session.away(false);
  const leaving = (event: BeforeUnloadEvent) => {
    write(true);
    if (session.sync.unsafe) {
      event.preventDefault();
    }
  };
  window.addEventListener("online", online);
  document.addEventListener("visibilitychange", hidden);
  window.addEventListener("pagehide", away);
  window.addEventListener("pageshow", back);
  window.addEventListener("beforeunload", leaving);
  return together([
    () => window.removeEventListener("online", online),
    () => document.removeEventListener("visibilitychange", hidden),
    () => window.removeEventListener("pagehide", away),
    () => window.removeEventListener("pageshow", back),
    () => window.removeEventListener("beforeunload", leaving),
    useSessionEnd.subscribe(({ ended }) => {
      if (!ended) {
        session.retry();
      }
    }),
  ]);
}

/** The server is back, somebody wrote, took over, submitted or sent back. */
export function followServer(session: Listening): () => void {
  const subject = `reading:${session.reading.id}`;
  return together([
    useConnection.subscribe(({ state }, before) => {
      if (state === "live" && before.state !== "live") {
        session.retry();
      }
    }),
    onEvent((event) => {
      if (event.subject !== subject) {
        return;
      }
      if (event.kind === "reading.taken") {
        session.takenBy(String(event.payload["machine"]));
      } else if (event.kind === "reading.changed" && FOLLOWING.has(useRoom.getState().phase)) {
        const editable = session.reading.may_edit && event.payload["state"] !== "submitted";
        if (editable !== session.editable && useRoom.getState().save.pending === 0) {
          session.setEditable(editable);
        }
        session.sync.heard(Number(event.payload["head"] ?? 0));
      }
    }),
  ]);
}

export function followViewer(session: Listening, viewer: Viewer): () => void {
  const { events } = viewer;
  return together([
    followEdits(viewer),
    ...mirror(viewer),
    events.on("settled", ({ key, measurement }) => session.images.onMeasurement(key, measurement)),
    events.on("marked", ({ keys, tool, finished }) => session.sync.strokes.mark(keys, tool, finished)),
  ]);
}
