import { Button } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconCloudOff, IconLock, IconLoader2 } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";

import { clock } from "./revisions";
import styles from "./room.module.css";
import type { SaveState } from "./sending";
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

/** Why the server takes nothing now, where it says so. */
const REASONS: ReadonlySet<string> = new Set(["storage_full", "unavailable"]);

function textOf(t: TFunction, save: SaveState, time: string): string {
  const count = save.pending;
  if (save.status === "saved" && !time) {
    return t("room.save.nothing");
  }
  if (save.unkept > 0 && save.status !== "conflict") {
    return t(save.status === "saving" ? "room.save.direct" : "room.save.unkept", { count: save.unkept });
  }
  if (save.status === "offline" && save.message !== "") {
    return t(REASONS.has(save.message) ? `room.save.reason.${save.message}` : "room.save.reason.server", { count });
  }
  return t(`room.save.${save.status}`, { time, count });
}

/** Saving → saved (with time) → offline (n waiting): always in the same place. */
export function SaveMark({ session }: { session: RoomSession | null }) {
  const { t } = useTranslation();
  const save = useRoom((state) => state.save);
  const Icon = ICONS[save.status];
  const time = save.savedAt ? clock(save.savedAt) : "";
  const text = textOf(t, save, time);
  return (
    <output
      className={styles["save"]}
      data-state={save.status}
      data-unkept={save.unkept}
      data-testid="save-state"
      title={save.refusal}
    >
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
