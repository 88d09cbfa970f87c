import { Slider, Text } from "@mantine/core";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import styles from "./room.module.css";
import { useSegment } from "./segmentStore";
import type { RoomSession } from "./session";
import { useRoom, type RoomLabel } from "./store";
import { useUnit } from "./ToolOptions";

/** Values change while a stroke goes on; they are measured once it rests. */
const REST_MS = 400;

const shown = (value: number | null): string =>
  value === null ? "–" : Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2);

interface Props {
  label: RoomLabel;
  session: RoomSession | null;
  onChange: (part: Partial<RoomLabel>) => void;
}

/** What a label's row hides: opacity, code, layer and the grey values under it. */
export function LabelDetails({ label, session, onChange }: Props) {
  const { t } = useTranslation();
  const counts = useRoom((state) => state.counts);
  const statistics = useSegment((state) => state.statistics.find((row) => row.label === label.value));
  const unit = useUnit();
  useEffect(() => {
    if (counts.size === 0) {
      return;
    }
    const timer = setTimeout(() => {
      const viewer = session?.viewer;
      if (viewer) {
        const measured = viewer.editor.statistics().then((statistics) => useSegment.setState({ statistics }));
        void viewer.attempt(measured);
      }
    }, REST_MS);
    return () => clearTimeout(timer);
  }, [session, counts]);
  const figures = statistics && (counts.get(label.value) ?? 0) > 0 ? statistics : null;
  return (
    <div className={styles["labelDetails"]} data-testid={`label-details-${label.value}`}>
      <div className={styles["field"]}>
        <span>{t("segment.label.opacity")}</span>
        <Slider
          w={112}
          size={3}
          thumbSize={12}
          min={0.05}
          max={1}
          step={0.05}
          label={null}
          value={label.opacity}
          onChange={(opacity) => onChange({ opacity })}
          thumbLabel={t("segment.label.opacity")}
          data-testid={`label-opacity-${label.value}`}
        />
      </div>
      <div className={styles["field"]}>
        <span>{t("segment.label.code")}</span>
        <Text size="xs" ta="right" truncate title={label.code}>
          {label.code || "–"}
        </Text>
      </div>
      <div className={styles["field"]}>
        <span>{t("segment.label.overlap")}</span>
        <Text size="xs">
          {label.layer === 0 ? t("segment.label.exclusive") : t("segment.label.layer", { layer: label.layer })}
        </Text>
      </div>
      <div
        className={styles["figures"]}
        data-testid={`label-statistics-${label.value}`}
        data-voxels={figures?.voxels ?? 0}
      >
        {(["mean", "sd", "minimum", "maximum"] as const).map((name) => (
          <span key={name}>
            <small>{t(`segment.label.${name}`)}</small>
            <span
              className="fid-figure"
              data-testid={`label-${name}-${label.value}`}
              data-value={figures?.[name] ?? ""}
            >
              {shown(figures?.[name] ?? null)}
            </span>
          </span>
        ))}
        <small>{unit}</small>
      </div>
    </div>
  );
}
