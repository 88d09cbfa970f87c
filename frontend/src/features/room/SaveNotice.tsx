import { useTranslation } from "react-i18next";

import { ConfirmButton } from "@/shared/ui/ConfirmButton";

import styles from "./room.module.css";
import type { RoomSession } from "./session";
import { useRoom } from "./store";

/**
 * What goes wrong with saving while somebody draws. It lies over the images and takes no pointer: what moved the images
 * aside, or came between them and the hand, would spoil the stroke under it.
 */
export function SaveNotice({ session }: { session: RoomSession | null }) {
  const { t } = useTranslation();
  const mayEdit = useRoom((state) => state.mayEdit);
  const refusal = useRoom((state) => state.save.refusal);
  const trouble = useRoom((state) => state.trouble);
  if (!mayEdit) {
    return null;
  }
  if (trouble !== "") {
    return (
      <div className={styles["notice"]} data-kind="error" data-drawing role="alert" data-testid="not-kept">
        {t(trouble === "QuotaExceededError" ? "room.notKept.full" : "room.notKept.broken", { reason: trouble })}
      </div>
    );
  }
  return refusal === "" ? null : (
    <div className={styles["notice"]} data-kind="error" data-drawing role="alert" data-testid="refused">
      {t("room.refused", { reason: refusal })}
      <span className={styles["noticeActions"]}>
        <button type="button" onClick={() => void session?.sync.sendRefused()} data-testid="refused-again">
          {t("room.refusedAgain")}
        </button>
        <ConfirmButton
          size="compact-xs"
          title={t("room.refusedDropTitle")}
          text={t("room.refusedDropText")}
          confirm={t("room.refusedDrop")}
          danger
          onConfirm={() => void session?.sync.dropRefused()}
          testId="refused-drop"
        >
          {t("room.refusedDrop")}
        </ConfirmButton>
      </span>
    </div>
  );
}
