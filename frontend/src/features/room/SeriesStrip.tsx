import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import styles from "./room.module.css";
import type { ReadingDetail, RoomSession } from "./session";
import { useRoom } from "./store";

/** The series of the case. */
export function SeriesStrip({ reading, session }: { reading: ReadingDetail; session: RoomSession | null }) {
  const { t } = useTranslation();
  const open = useRoom((state) => state.seriesUid);
  return (
    <nav className={styles["strip"]} aria-label={t("room.series")}>
      {reading.series.map((series, index) => (
        <button
          key={series.series_uid}
          type="button"
          className={styles["seriesCard"]}
          aria-current={series.series_uid === open}
          onClick={() => void session?.openSeries(series.series_uid, 0)}
          data-testid={`series-${index + 1}`}
        >
          <img
            src={`/api/series/${series.series_uid}/thumbnail`}
            alt=""
            width={112}
            height={112}
            onError={(event) => (event.currentTarget.style.visibility = "hidden")}
          />
          <Text size="xs" fw={600} component="span" truncate>
            {series.modality} · {series.frame_count}
          </Text>
          <Text size="xs" c="dimmed" component="span" lineClamp={2}>
            {series.description || t("room.noDescription")}
          </Text>
        </button>
      ))}
    </nav>
  );
}
