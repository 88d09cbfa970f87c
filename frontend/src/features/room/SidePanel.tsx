import { Button, Tooltip } from "@mantine/core";
import { IconEyeOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { CaseForm } from "./CaseForm";
import { DraftList } from "./DraftList";
import { FindingList } from "./FindingList";
import { withKey } from "./hotkeys";
import { KeyImageList } from "./KeyImageList";
import { LabelList } from "./LabelList";
import { MeasurementList } from "./MeasurementList";
import styles from "./room.module.css";
import { SegmentPanel } from "./SegmentPanel";
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
    <aside className={styles["panel"]} aria-label={t("room.panel")}>
      <div className={styles["panelBody"]}>
        <LabelList session={session} />
        <SegmentPanel reading={reading} session={session} />
        {session ? <DraftList reading={reading} session={session} /> : null}
        <MeasurementList session={session} />
        <KeyImageList session={session} />
        <FindingList questions={reading.protocol.form.lesion ?? []} session={session} />
        <CaseForm questions={reading.protocol.form.questions ?? []} session={session} />
      </div>
      {mayEdit ? (
        <div className={styles["panelFoot"]} data-region>
          <Tooltip label={withKey(t("room.submit"), "submit")}>
            <Button
              fullWidth
              disabled={!ready}
              onClick={() => useRoom.setState({ submitOpen: true })}
              data-testid="submit"
            >
              {t("room.submit")}
            </Button>
          </Tooltip>
          <Tooltip label={withKey(t("room.command.notReadable"), "notReadable")}>
            <Button
              variant="default"
              px={10}
              disabled={!ready}
              aria-label={t("room.command.notReadable")}
              onClick={() => useRoom.setState({ notReadableOpen: true })}
              data-testid="not-readable"
            >
              <IconEyeOff size={16} stroke={1.6} />
            </Button>
          </Tooltip>
        </div>
      ) : null}
    </aside>
  );
}
