import { Text } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { isShown, showGiven, useGivenImages } from "./derived";
import styles from "./room.module.css";
import type { RoomSession } from "./session";
import { useRoom } from "./store";
import { activeSpec } from "./viewCommands";

/** Key images that documents of the archive name: looked at, never changed. */
export function GivenImageList({ session }: { session: RoomSession }) {
  const { t } = useTranslation();
  const ready = useRoom((state) => state.imagesReady);
  const frame = useRoom((state) => state.views[activeSpec(state)?.id ?? ""]?.frame ?? null);
  const { series } = session.reading;
  const documents = useGivenImages(session.reading, ready);
  const nameOf = (uid: string) => {
    const found = series.find(({ series_uid }) => series_uid === uid);
    return [found?.modality, found?.description].filter(Boolean).join(" ");
  };
  return documents.map(({ key, title, text, images }) => (
    <div key={key} title={text} data-testid="given-images">
      <Text size="xs" c="dimmed" mt={4}>
        {t("view.keyImages.given", { title: title || t("view.keyImages.title") })}
      </Text>
      {images.map((one, at) => (
        <div key={one.key} className={styles["keyImageRow"]} data-active={isShown(one, frame)}>
          <button type="button" onClick={() => void showGiven(session, one)} data-testid="given-image">
            <IconLock size={12} aria-hidden />
            <span>{[`${at + 1} / ${images.length}`, nameOf(one.seriesUid)].filter(Boolean).join(" · ")}</span>
          </button>
        </div>
      ))}
    </div>
  ));
}
