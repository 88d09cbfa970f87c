import { Button } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconCloudOff, IconLock, IconLoader2 } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import styles from "./room.module.css";
import type { RoomSession } from "./session";
import { useRoom } from "./store";

const ICONS = {
  saved: IconCheck,
  saving: IconLoader2,
  offline: IconCloudOff,
  signedOut: IconAlertTriangle,
  conflict: IconAlertTriangle,
  locked: IconLock,
  refused: IconAlertTriangle,
} as const;

export function clock(date: Date): string {
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

/** Saving → saved (with time) → offline (n waiting): always in the same place. */
export function SaveMark({ session }: { session: RoomSession | null }) {
  const { t } = useTranslation();
  const save = useRoom((state) => state.save);
  const Icon = ICONS[save.status];
  const time = save.savedAt ? clock(save.savedAt) : "";
  const text =
    save.status === "saved" && !time
      ? t("room.save.nothing")
      : t(`room.save.${save.status}`, { time, count: save.pending });
  return (
    <output className={styles["save"]} data-state={save.status} data-testid="save-state" title={save.message}>
      <Icon size={15} stroke={1.8} aria-hidden />
      <span>{text}</span>
      {save.status === "offline" ? (
        <Button size="compact-xs" variant="subtle" onClick={() => session?.retry()} data-testid="save-retry">
          {t("room.save.now")}
        </Button>
      ) : null}
    </output>
  );
}
