import { ActionIcon, Slider, Text } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { volumeText } from "@/shared/ui/volumeTexts";

import styles from "./room.module.css";
import type { RoomSession } from "./session";
import { useRoom } from "./store";

const STEP_MS = 500;

/** True once all voxels of the open volume are here. */
const whole = () => {
  const { imagesReady, loading } = useRoom.getState();
  return imagesReady && loading.loaded >= loading.total;
};

/**
 * Time points (or echoes) of the main series: go through them by hand or play them; slice and window stay. What has no
 * label is no time point but a part of another orientation or size, as scouts have it, and is called so.
 */
export function TimeBar({ session }: { session: RoomSession }) {
  const { t } = useTranslation();
  const seriesUid = useRoom((state) => state.seriesUid);
  const index = useRoom((state) => state.volumeIndex);
  const label = useRoom((state) => state.volumeLabel);
  const [playing, setPlaying] = useState(false);
  const volumes = session.reading.series.find((series) => series.series_uid === seriesUid)?.volumes ?? [];
  const position = Math.max(
    0,
    volumes.findIndex((volume) => volume.index === index),
  );
  const next = volumes[(position + 1) % Math.max(1, volumes.length)]?.index;
  useEffect(() => {
    if (!playing || next === undefined) {
      return undefined;
    }
    const timer = setInterval(() => {
      if (whole() && !session.viewer?.drawing) {
        clearInterval(timer);
        void session.openSeries(seriesUid, next);
      }
    }, STEP_MS);
    return () => clearInterval(timer);
  }, [playing, next, seriesUid, session]);
  if (volumes.length < 2) {
    return null;
  }
  const go = (at: number) => {
    const volume = volumes[at];
    if (volume && volume.index !== index) {
      void session.openSeries(seriesUid, volume.index);
    }
  };
  const [what = "", moment] = label.split(" · ");
  const part = t("room.part", { number: position + 1, total: volumes.length });
  return (
    <div className={styles["timeBar"]} data-testid="time-bar" data-position={position}>
      <ActionIcon
        size={24}
        variant="subtle"
        color="gray"
        aria-label={t(playing ? "view.time.stop" : label ? "view.time.play" : "view.time.playParts")}
        onClick={() => setPlaying(!playing)}
        data-testid="time-play"
      >
        {playing ? <IconPlayerPause size={16} /> : <IconPlayerPlay size={16} />}
      </ActionIcon>
      <Slider
        flex={1}
        size={3}
        thumbSize={12}
        min={0}
        max={volumes.length - 1}
        label={null}
        value={position}
        onChange={go}
        thumbLabel={label ? t("room.timePoints") : part}
        data-testid="time-slider"
      />
      <Text size="xs" className="fid-figure" miw={120} ta="right" data-testid="time-label">
        {label ? [volumeText(t, what), moment].filter(Boolean).join(" · ") : part}
      </Text>
    </div>
  );
}
