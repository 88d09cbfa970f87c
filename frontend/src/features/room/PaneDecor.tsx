import { IconStar, IconStarFilled } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { acquisitionLines, marksTurned, scaleBarLength, toCenterWidth, type PaneSpec, type PaneView } from "@/imaging";

import { CineBar } from "./CineBar";
import { isShown, useGivenImages } from "./derived";
import { keyImageAt } from "./keyImages";
import { useWritten, type TextName } from "./overlayTexts";
import { PaneMenu } from "./PaneMenu";
import styles from "./room.module.css";
import { paneName, seriesIn, seriesOf, type Series } from "./series";
import type { RoomSession } from "./session";
import { SolidBar } from "./SolidBar";
import { useRoom } from "./store";

interface Props {
  spec: PaneSpec;
  session: RoomSession;
}

/** Tools that change no mark: nobody has to be told why none can be made. */
const LOOKING: ReadonlySet<string> = new Set(["window", "pan", "zoom", "crosshair", "magnify"]);

/** What stands over the image of a pane. */
export function PaneDecor({ spec, session }: Props) {
  const { t } = useTranslation();
  const name = spec.id;
  const view = useRoom((state) => state.views[name]);
  const overlay = useRoom((state) => state.overlay);
  const seriesUid = useRoom((state) => seriesIn(state, spec.slot));
  const shown = seriesOf(session.reading).find(({ series_uid }) => series_uid === seriesUid);
  const starred = useRoom((state) => keyImageAt(state.answers, view?.frame ?? null) !== undefined);
  const ready = useRoom((state) => state.imagesReady);
  const given = useGivenImages(session.reading, ready).find(({ images }) =>
    images.some((one) => isShown(one, view?.frame ?? null)),
  );
  const days = session.reading.priors.find(({ series }) => series.series_uid === seriesUid)?.days_before;
  return (
    <div className={styles["decor"]}>
      {view?.missing ? (
        <p className={styles["paneMissing"]} data-testid={`missing-${name}`}>
          {t("view.missing")}
        </p>
      ) : null}
      <span className={styles["paneName"]} data-pane={spec.kind}>
        <PaneMenu spec={spec} session={session} />
        <span className={styles["paneTitle"]}>{paneName(t, spec, shown, days !== undefined)}</span>
        {days === undefined ? null : <em>{t("view.daysBefore", { count: days })}</em>}
        {view?.oblique ? <em>{t("view.oblique")}</em> : null}
        {view && view.slabMm > 0 ? <SlabText name={name} /> : null}
        {starred ? <IconStarFilled size={12} aria-label={t("view.keyImages.one")} data-testid={`key-${name}`} /> : null}
        {given ? (
          <IconStar
            size={12}
            aria-label={t("view.keyImages.given", { title: given.title || t("view.keyImages.title") })}
            data-testid={`given-${name}`}
          />
        ) : null}
      </span>
      {seriesUid === "" ? (
        <p className={styles["paneEmpty"]} data-testid={`empty-${name}`}>
          {t(spec.slot === "prior" ? "view.noPrior" : "view.dropHere")}
        </p>
      ) : null}
      {view && overlay !== "off" ? <ViewDecor view={view} spec={spec} session={session} /> : null}
      {view && spec.kind !== "volume" ? <HeaderText view={view} series={shown} session={session} /> : null}
      <CineBar name={name} session={session} />
      {spec.kind === "volume" ? <SolidBar name={name} session={session} /> : null}
    </div>
  );
}

function SlabText({ name }: { name: string }) {
  const { t } = useTranslation();
  const slab = useRoom((state) => state.slabs[name]);
  return slab ? (
    <em>
      {t(`view.slab.${slab.mode}`)} {slab.mm} mm
    </em>
  ) : null;
}

function ViewDecor({ view, spec, session }: Props & { view: PaneView }) {
  const { t } = useTranslation();
  const { letters, sliceIndex, sliceCount, blocked } = view;
  const written = useWritten();
  const name = spec.id;
  const barred = useRoom(
    ({ tool, mayEdit }) => mayEdit && !LOOKING.has(tool) && !(blocked === "oblique" && marksTurned(tool)),
  );
  return (
    <>
      {(["left", "right", "top", "bottom"] as const).map((edge) =>
        written("letters") ? (
          <span key={edge} className={styles["letter"]} data-edge={edge}>
            {letters[edge]}
          </span>
        ) : null,
      )}
      <span className={styles["cornerText"]}>
        {spec.kind === "volume" ? null : <ViewText view={view} spec={spec} />}
        {sliceCount > 0 && written("slice") ? (
          <span data-testid={`slice-${name}`}>
            {sliceIndex + 1} / {sliceCount}
          </span>
        ) : null}
      </span>
      {written("scale") ? <ScaleBar view={view} /> : null}
      {written("value") ? <PointerText name={name} /> : null}
      {blocked && barred ? (
        <span className={styles["blocked"]} data-testid={`blocked-${name}`}>
          {t(`view.blocked.${blocked}`)}
        </span>
      ) : null}
      {sliceCount > 1 ? (
        <input
          type="range"
          className={styles["sliceSlider"]}
          min={0}
          max={Math.max(0, sliceCount - 1)}
          value={sliceIndex}
          aria-label={t("room.slice", { pane: paneName(t, spec) })}
          onChange={(event) => session.viewer?.views.goTo(name, Number(event.currentTarget.value))}
          data-testid={`slice-slider-${name}`}
        />
      ) : null}
    </>
  );
}

/** Window, zoom and place of the plane, where the person wants them. */
function ViewText({ view, spec }: { view: PaneView; spec: PaneSpec }) {
  const { t } = useTranslation();
  const written = useWritten();
  const window = useRoom((state) => state.looks[spec.slot]?.window);
  const spread = useRoom((state) => state.looks[spec.slot]?.curve?.spread) ?? 1;
  const { center, width } = window ? toCenterWidth(window) : { center: 0, width: 0 };
  const texts: readonly (readonly [TextName, string])[] = [
    ["zoom", `× ${view.zoom.toFixed(2)}`],
    ["window", window ? t("view.overlay.window", { center: figure(center), width: figure(width / spread) }) : ""],
    ["place", view.place && `${view.place} mm`],
  ];
  return texts.map(([name, text]) =>
    text && written(name) ? (
      <span key={name} data-testid={`text-${name}`}>
        {text}
      </span>
    ) : null,
  );
}

interface HeaderProps {
  view: PaneView;
  series: Series | undefined;
  session: RoomSession;
}

/** Of what case and series the image is, and how it was made, where the person wants that. */
function HeaderText({ view, series, session }: HeaderProps) {
  const { t } = useTranslation();
  const written = useWritten();
  const { pane, sliceIndex } = view;
  const lines = [
    written("case") ? t("room.case", { number: session.reading.case.number }) : "",
    written("series") ? [series?.modality, series?.description].filter(Boolean).join(" · ") : "",
    ...(written("acquisition") ? acquisitionLines(session.viewer?.views.headerOf(pane) ?? {}) : []),
  ].filter(Boolean);
  return lines.length > 0 ? (
    <span className={styles["headerText"]} data-testid={`header-${pane}`} data-slice={sliceIndex}>
      {lines.map((line) => (
        <span key={line}>{line}</span>
      ))}
    </span>
  ) : null;
}

const LONGEST_BAR_PX = 120;

function ScaleBar({ view }: { view: PaneView }) {
  const { t } = useTranslation();
  if (!view.mmPerPixel) {
    return null;
  }
  const length = scaleBarLength(LONGEST_BAR_PX * view.mmPerPixel);
  return (
    <span className={styles["scaleBar"]} data-testid="scale-bar">
      <i style={{ width: length / view.mmPerPixel }} />
      {length >= 10 ? `${length / 10} cm` : `${length} mm`}
      {view.atDetector ? <em>{t("view.atDetector")}</em> : null}
    </span>
  );
}

const figure = (value: number) => (Number.isInteger(value) ? String(value) : value.toFixed(1));

/** Value and label under the pointer; of both volumes where one lies over the other. */
function PointerText({ name }: { name: string }) {
  const hover = useRoom((state) => (state.hover?.pane === name ? state.hover : null));
  const label = useRoom((state) => state.labels.find((candidate) => candidate.value === hover?.label));
  if (!hover) {
    return null;
  }
  return (
    <span className={styles["pointerText"]} data-testid="pointer-value">
      {hover.value === null ? (hover.rgb?.join(" ") ?? "") : `${figure(hover.value)} ${hover.unit}`}
      {hover.over ? <i>{` ${hover.over.value.toFixed(2)} ${hover.over.unit}`}</i> : null}
      {label ? <b style={{ color: label.colour }}>{label.name}</b> : null}
    </span>
  );
}
