import { ActionIcon, Text, Tooltip } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { shownKey } from "./hotkeys";
import styles from "./room.module.css";
import type { RoomSession } from "./session";
import { useRoom } from "./store";

/** Lengths on the open images. */
export function LengthList({ session }: { session: RoomSession | null }) {
  const { t } = useTranslation();
  const lengths = useRoom((state) => state.lengths);
  const mayEdit = useRoom((state) => state.mayEdit);
  const scaled = useRoom((state) => state.scaled);
  return (
    <section className={styles["section"]} aria-label={t("room.measurements")} data-testid="measurements">
      <div className={styles["sectionHead"]}>{t("room.measurements")}</div>
      {lengths.length === 0 ? (
        <Text size="xs" c="dimmed" mih={18}>
          {scaled ? t("room.noMeasurements", { key: shownKey("length") }) : t("room.noScale")}
        </Text>
      ) : null}
      {lengths.map((length, index) => (
        <div key={length.key} className={styles["lengthRow"]} data-testid="measurement">
          <button type="button" onClick={() => session?.viewer?.views.lookAt(length.pointsLps[0])}>
            {t("room.lengthName", { number: index + 1, pane: t(`room.pane.${length.plane}`) })}
          </button>
          <span className="fid-figure">{length.lengthMm.toFixed(1)} mm</span>
          <Tooltip label={t("common.delete")}>
            <ActionIcon
              size={26}
              variant="subtle"
              color="gray"
              disabled={!mayEdit}
              aria-label={t("common.delete")}
              onClick={() => session?.viewer?.removeLength(length.key)}
              data-testid="measurement-delete"
            >
              <IconTrash size={14} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
        </div>
      ))}
    </section>
  );
}
