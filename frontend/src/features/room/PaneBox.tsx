import { useEffect, useRef, useState, type DragEvent } from "react";

import type { PaneSpec } from "@/imaging";

import { PaneDecor } from "./PaneDecor";
import styles from "./room.module.css";
import { SERIES_DRAG } from "./series";
import type { RoomSession } from "./session";
import { useRoom } from "./store";
import { showSeries, toggleMaximised } from "./viewCommands";

interface Props {
  spec: PaneSpec;
  session: RoomSession;
}

/** One pane: its image, what is written on it, and its menu. A series can be dropped on it. */
export function PaneBox({ spec, area, session }: Props & { area: string }) {
  const element = useRef<HTMLDivElement>(null);
  const [target, setTarget] = useState(false);
  useEffect(() => {
    let detach: (() => void) | undefined;
    let left = false;
    void session.viewerReady.then((viewer) => {
      if (!left && element.current) {
        detach = viewer?.attach(spec, element.current);
      }
    });
    return () => {
      left = true;
      detach?.();
    };
  }, [spec, session]);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setTarget(false);
    const seriesUid = event.dataTransfer.getData(SERIES_DRAG);
    if (seriesUid) {
      showSeries(session, spec.slot, seriesUid);
    }
  };
  return (
    <section
      className={styles["pane"]}
      style={{ gridArea: area }}
      data-pane={spec.id}
      data-kind={spec.kind}
      data-target={target}
      data-testid={`viewport-${spec.id}`}
      onDoubleClick={(event) => {
        const { tool } = useRoom.getState();
        if (event.target instanceof HTMLElement && !event.target.closest("button, input") && VIEW_TOOLS.has(tool)) {
          toggleMaximised(spec.id);
        }
      }}
      onPointerEnter={() => spec.kind === "volume" && useRoom.setState({ activePane: spec.id })}
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes(SERIES_DRAG)) {
          event.preventDefault();
          setTarget(true);
        }
      }}
      onDragLeave={() => setTarget(false)}
      onDrop={drop}
    >
      <div ref={element} className={styles["canvas"]} style={{ position: "absolute" }} />
      <PaneDecor spec={spec} session={session} />
    </section>
  );
}

/** A double click means something else to the tools that draw. */
const VIEW_TOOLS: ReadonlySet<string> = new Set(["window", "pan", "zoom"]);
