import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { scaleBarLength, type PaneName, type PaneView } from "@/imaging";

import styles from "./room.module.css";
import type { RoomSession } from "./session";
import { useRoom } from "./store";

/** The panes of the present layout. */
export function PaneGrid({ session }: { session: RoomSession }) {
  const layout = useRoom((state) => state.layout);
  const names: readonly PaneName[] = layout === "mpr" ? ["axial", "coronal", "sagittal"] : ["stack"];
  return (
    <div className={styles["panes"]} data-layout={layout}>
      {names.map((name) => (
        <PaneBox key={name} name={name} session={session} />
      ))}
      <ImageNotice session={session} />
    </div>
  );
}

function PaneBox({ name, session }: { name: PaneName; session: RoomSession }) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let detach: (() => void) | undefined;
    let left = false;
    void session.viewerReady.then((viewer) => {
      if (!left && element.current) {
        detach = viewer?.attach(name, element.current);
      }
    });
    return () => {
      left = true;
      detach?.();
    };
  }, [name, session]);
  return (
    <section className={styles["pane"]} data-pane={name} data-testid={`viewport-${name}`}>
      <div ref={element} className={styles["canvas"]} style={{ position: "absolute" }} />
      <PaneDecor name={name} session={session} />
    </section>
  );
}

function PaneDecor({ name, session }: { name: PaneName; session: RoomSession }) {
  const { t } = useTranslation();
  const view = useRoom((state) => state.views[name]);
  if (!view) {
    return null;
  }
  const { letters, sliceIndex, sliceCount } = view;
  return (
    <div className={styles["decor"]}>
      <span className={styles["paneName"]} data-pane={name}>
        {t(`room.pane.${name}`)}
      </span>
      {(["left", "right", "top", "bottom"] as const).map((edge) => (
        <span key={edge} className={styles["letter"]} data-edge={edge}>
          {letters[edge]}
        </span>
      ))}
      <span className={styles["sliceText"]} data-testid={`slice-${name}`}>
        {sliceIndex + 1} / {sliceCount}
      </span>
      <ScaleBar view={view} />
      <PointerText name={name} />
      {sliceCount > 1 ? (
        <input
          type="range"
          className={styles["sliceSlider"]}
          min={0}
          max={Math.max(0, sliceCount - 1)}
          value={sliceIndex}
          aria-label={t("room.slice", { pane: t(`room.pane.${name}`) })}
          onChange={(event) => session.viewer?.views.goTo(name, Number(event.currentTarget.value))}
          data-testid={`slice-slider-${name}`}
        />
      ) : null}
    </div>
  );
}

const LONGEST_BAR_PX = 120;

function ScaleBar({ view }: { view: PaneView }) {
  if (!view.mmPerPixel) {
    return null;
  }
  const length = scaleBarLength(LONGEST_BAR_PX * view.mmPerPixel);
  return (
    <span className={styles["scaleBar"]}>
      <i style={{ width: length / view.mmPerPixel }} />
      {length >= 10 ? `${length / 10} cm` : `${length} mm`}
    </span>
  );
}

/** Value and label under the pointer. */
function PointerText({ name }: { name: PaneName }) {
  const hover = useRoom((state) => (state.hover?.pane === name ? state.hover : null));
  const label = useRoom((state) => state.labels.find((candidate) => candidate.value === hover?.label));
  if (!hover) {
    return null;
  }
  return (
    <span className={styles["pointerText"]} data-testid="pointer-value">
      {hover.value === null
        ? ""
        : `${Number.isInteger(hover.value) ? hover.value : hover.value.toFixed(1)} ${hover.unit}`}
      {label ? <b style={{ color: label.colour }}>{label.name}</b> : null}
    </span>
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
