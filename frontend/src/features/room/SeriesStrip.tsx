import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import styles from "./room.module.css";
import { SERIES_DRAG, seriesIn, type Series } from "./series";
import type { ReadingDetail, RoomSession } from "./session";
import { useRoom } from "./store";
import { setLayout } from "./viewCommands";

interface Props {
  reading: ReadingDetail;
  session: RoomSession | null;
}

/** The series of the case, and of the patient's earlier studies. */
export function SeriesStrip({ reading, session }: Props) {
  const { t } = useTranslation();
  const open = useRoom((state) => state.seriesUid);
  const prior = useRoom((state) => seriesIn(state, "prior"));
  const showPrior = (seriesUid: string) => {
    if (session) {
      setLayout(session, "priors");
      void session.openBeside("prior", { seriesUid, volumeIndex: 0 });
    }
  };
  return (
    <nav className={styles["strip"]} data-region aria-label={t("room.series")}>
      {reading.series.map((series, index) => (
        <SeriesCard
          key={series.series_uid}
          series={series}
          current={series.series_uid === open}
          testId={`series-${index + 1}`}
          onClick={() => void session?.openSeries(series.series_uid, 0)}
        />
      ))}
      {reading.priors.map(({ series, days_before }, index) => (
        <SeriesCard
          key={series.series_uid}
          series={series}
          note={t("view.daysBefore", { count: days_before })}
          current={series.series_uid === prior}
          testId={`prior-${index + 1}`}
          onClick={() => showPrior(series.series_uid)}
        />
      ))}
    </nav>
  );
}

interface CardProps {
  series: Series;
  note?: string;
  current: boolean;
  testId: string;
  onClick: () => void;
}

/** One series: click to open it, drag it onto a pane to show it there. */
function SeriesCard({ series, note, current, testId, onClick }: CardProps) {
  const { t } = useTranslation();
  return (
    <button
      type="button"
      className={styles["seriesCard"]}
      aria-current={current}
      draggable
      onDragStart={(event) => event.dataTransfer.setData(SERIES_DRAG, series.series_uid)}
      onClick={onClick}
      data-testid={testId}
    >
      <img
        src={`/api/series/${series.series_uid}/thumbnail`}
        alt=""
        width={112}
        height={112}
        draggable={false}
        onError={(event) => (event.currentTarget.style.visibility = "hidden")}
      />
      <Text size="xs" fw={600} component="span" truncate>
        {series.modality} · {series.frame_count}
      </Text>
      {note ? (
        <Text size="xs" component="span">
          {note}
        </Text>
      ) : null}
      <Text size="xs" c="dimmed" component="span" lineClamp={2}>
        {series.description || t("room.noDescription")}
      </Text>
    </button>
  );
}
