import { Button, Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { CaseForm } from "./CaseForm";
import { DraftList } from "./DraftList";
import { shownKey } from "./hotkeys";
import { LabelList } from "./LabelList";
import { LengthList } from "./LengthList";
import styles from "./room.module.css";
import type { ReadingDetail, RoomSession } from "./session";
import { useRoom } from "./store";

interface Props {
  reading: ReadingDetail;
  session: RoomSession | null;
}

/** Labels, drafts, measurements, the case form, and the way to submit. */
export function SidePanel({ reading, session }: Props) {
  const { t } = useTranslation();
  const mayEdit = useRoom((state) => state.mayEdit);
  const ready = useRoom((state) => state.phase === "ready");
  return (
    <aside className={styles["panel"]}>
      <div className={styles["panelBody"]}>
        <LabelList session={session} />
        {session ? <DraftList reading={reading} session={session} /> : null}
        <LengthList session={session} />
        <CaseForm questions={reading.protocol.form.questions ?? []} session={session} />
      </div>
      {mayEdit ? (
        <div className={styles["panelFoot"]}>
          <Tooltip label={`${t("room.submit")} (${shownKey("submit")})`}>
            <Button
              fullWidth
              disabled={!ready}
              onClick={() => useRoom.setState({ submitOpen: true })}
              data-testid="submit"
            >
              {t("room.submit")}
            </Button>
          </Tooltip>
        </div>
      ) : null}
    </aside>
  );
}
