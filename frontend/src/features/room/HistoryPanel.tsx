import { Badge, Button, Drawer, Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { formatMoment } from "@/shared/format";
import { Loaded } from "@/shared/ui/Loaded";
import { useAction } from "@/shared/ui/useAction";

import { RestoreButton } from "./RestoreButton";
import { madeAt, madeBy, madeWith, useRevisions, type Revision } from "./revisions";
import styles from "./room.module.css";
import type { ReadingDetail, RoomSession } from "./session";
import { useRoom } from "./store";

/** Every saved state: who, when, with what; a look at it, and the way back to it. */
export function HistoryPanel({ reading, session }: { reading: ReadingDetail; session: RoomSession }) {
  const { t } = useTranslation();
  const opened = useRoom((state) => state.historyOpen);
  const head = useRoom((state) => state.save.head);
  const revisions = useRevisions(reading.id, opened);
  return (
    <Drawer
      opened={opened}
      onClose={() => useRoom.setState({ historyOpen: false })}
      position="right"
      size={460}
      title={t("room.history.title")}
      transitionProps={{ duration: 100 }}
      data-testid="history-panel"
    >
      <Loaded query={revisions}>
        {(rows) =>
          rows.length === 0 ? (
            <Text size="sm" c="dimmed">
              {t("room.history.empty")}
            </Text>
          ) : (
            rows.map((row) => <RevisionRow key={row.number} row={row} head={head} session={session} />)
          )
        }
      </Loaded>
    </Drawer>
  );
}

function RevisionRow({ row, head, session }: { row: Revision; head: number; session: RoomSession }) {
  const { t } = useTranslation();
  const previewed = useRoom((state) => state.previewed === row.number);
  const here = useRoom((state) => state.phase === "ready"); // else somebody works on it elsewhere
  const look = useAction({
    run: () => session.preview.show(row.number),
    onDone: () => useRoom.setState({ historyOpen: false }),
  });
  const parts = [
    row.frame_count > 0 ? t("room.history.frames", { count: row.frame_count }) : "",
    row.measurement_count > 0 ? t("room.history.measurements", { count: row.measurement_count }) : "",
    row.answer_count > 0 ? t("room.history.answers", { count: row.answer_count }) : "",
  ].filter(Boolean);
  return (
    <div className={styles["revision"]} data-testid={`revision-${row.number}`} data-previewed={previewed}>
      <Text size="sm" c="dimmed" className="fid-figure">
        {row.number}
      </Text>
      <div>
        <Text size="sm">{madeWith(t, row)}</Text>
        <Text size="xs" c="dimmed">
          {[madeBy(row), parts.join(", ")].filter(Boolean).join(" · ")}
        </Text>
        <Text size="xs" c="dimmed" title={formatMoment(row.created_at)}>
          {madeAt(row.created_at)}
        </Text>
      </div>
      {row.number === head ? (
        <Badge variant="light" size="sm">
          {t("room.history.now")}
        </Badge>
      ) : here ? (
        <Group gap={6} wrap="nowrap">
          <Button
            size="compact-xs"
            variant="default"
            loading={look.isPending}
            onClick={() => look.mutate()}
            data-testid={`preview-${row.number}`}
          >
            {t("room.history.preview")}
          </Button>
          {session.editable ? <RestoreButton number={row.number} session={session} /> : null}
        </Group>
      ) : null}
    </div>
  );
}
