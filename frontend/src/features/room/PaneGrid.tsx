import { useState } from "react";
import { useTranslation } from "react-i18next";

import { LAYOUTS, maximised } from "@/imaging";

import { HangingDialog } from "./HangingDialog";
import { OverlayDialog } from "./OverlayDialog";
import { PaneBox } from "./PaneBox";
import styles from "./room.module.css";
import type { RoomSession } from "./session";
import { useRoom } from "./store";
import { TagDialog } from "./TagDialog";
import { ScreenDialog } from "./TrueSize";

/** The panes of the present layout. */
export function PaneGrid({ session }: { session: RoomSession }) {
  const layout = useRoom((state) => state.layout);
  const seriesUid = useRoom((state) => state.seriesUid);
  const timed = (session.reading.series.find(({ series_uid }) => series_uid === seriesUid)?.volumes.length ?? 0) > 1;
  const alone = useRoom((state) => state.maximised);
  const spec = alone ? maximised(LAYOUTS[layout], alone) : LAYOUTS[layout];
  return (
    <div
      className={styles["panes"]}
      data-layout={layout}
      data-testid="panes"
      data-time={timed}
      style={{
        gridTemplateColumns: spec.columns.replaceAll(/[\d.]+fr/g, "minmax(0, $&)"),
        gridTemplateRows: spec.rows.replaceAll(/[\d.]+fr/g, "minmax(0, $&)"),
        gridTemplateAreas: spec.areas.map((row) => `"${row}"`).join(" "),
      }}
    >
      {spec.panes.map((pane, index) => (
        <PaneBox key={`${layout}:${pane.id}`} spec={pane} area={"abcd"[index] ?? "a"} session={session} />
      ))}
      <ImageNotice session={session} />
      <HangingDialog reading={session.reading} />
      <TagDialog session={session} />
      <OverlayDialog />
      <ScreenDialog session={session} />
    </div>
  );
}

/** Loading, failure, and why there is no volume: in words over the images. */
function ImageNotice({ session }: { session: RoomSession }) {
  const { t } = useTranslation();
  const loading = useRoom((state) => state.loading);
  const imageError = useRoom((state) => state.imageError);
  const regular = useRoom((state) => state.regular);
  const reasons = useRoom((state) => state.reasons);
  const seriesUid = useRoom((state) => state.seriesUid);
  const volumeIndex = useRoom((state) => state.volumeIndex);
  const [read, setRead] = useState("");
  if (imageError) {
    return (
      <div className={styles["notice"]} data-kind="error" role="alert" data-testid="image-error">
        {t("room.imageError", { reason: imageError })}
        <button type="button" onClick={() => void session.openSeries(seriesUid, volumeIndex)} data-testid="image-retry">
          {t("common.retry")}
        </button>
      </div>
    );
  }
  if (!regular && read !== seriesUid) {
    const why = reasons.map((reason) => t(`room.reason.${reason}`, { defaultValue: reason })).join(" ");
    return (
      <div className={styles["notice"]} data-testid="no-volume">
        {t("room.noVolume")} {why}
        <button type="button" onClick={() => setRead(seriesUid)} data-testid="no-volume-close">
          {t("common.close")}
        </button>
      </div>
    );
  }
  return loading.total > 0 && loading.loaded < loading.total ? (
    <div className={styles["notice"]} data-testid="images-loading">
      {t("room.imagesLoading", loading)}
    </div>
  ) : null;
}
