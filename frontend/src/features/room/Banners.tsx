import { Button, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { PreviewBanner } from "./PreviewBanner";
import styles from "./room.module.css";
import type { ReadingDetail, RoomSession } from "./session";
import { useRoom } from "./store";

/** What a reader must know before going on: submitted, sent back, open elsewhere. None comes while somebody draws. */
export function Banners({ reading, session }: { reading: ReadingDetail; session: RoomSession | null }) {
  const { t } = useTranslation();
  const phase = useRoom((state) => state.phase);
  const mayEdit = useRoom((state) => state.mayEdit);
  const save = useRoom((state) => state.save);
  const previewed = useRoom((state) => state.previewed !== null);
  if (phase === "occupied" || phase === "taken") {
    return (
      <div className={styles["banner"]} role="alert" data-testid="other-tab">
        <Text size="sm">
          {phase === "occupied"
            ? t("room.occupied")
            : t(save.pending > 0 ? "room.takenWaiting" : "room.taken", { count: save.pending })}
        </Text>
        <Button size="compact-sm" variant="default" onClick={() => void session?.takeOver()} data-testid="take-over">
          {t("room.takeOver")}
        </Button>
      </div>
    );
  }
  if (phase === "second") {
    return (
      <div className={styles["banner"]} role="status" data-testid="second-window-note">
        <Text size="sm">{t("room.second")}</Text>
      </div>
    );
  }
  if (previewed && session) {
    return <PreviewBanner reading={reading} session={session} />;
  }
  if (phase === "ready" && !mayEdit) {
    const waiting = save.pending > 0;
    return (
      <div className={styles["banner"]} data-kind={waiting ? "error" : "done"} data-testid="read-only">
        {waiting ? t("room.lockedWaiting", { count: save.pending }) : t("room.readOnly")}
      </div>
    );
  }
  return reading.return_reason && mayEdit ? (
    <div className={styles["banner"]} role="alert" data-testid="returned">
      {t("room.returned", { reason: reading.return_reason })}
    </div>
  ) : null;
}
