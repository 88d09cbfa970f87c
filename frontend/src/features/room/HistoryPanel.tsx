import { Badge, Drawer, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { client, take } from "@/shared/api/client";
import type { Schemas } from "@/shared/api/types";
import { formatMoment } from "@/shared/format";
import { ConfirmButton } from "@/shared/ui/ConfirmButton";
import { Loaded } from "@/shared/ui/Loaded";
import { useAction } from "@/shared/ui/useAction";

import styles from "./room.module.css";
import { clock } from "./SaveMark";
import type { ReadingDetail, RoomSession } from "./session";
import { useRoom } from "./store";

type Revision = Schemas["Revision"];

/** Every saved state: who, when, with what; and the way back to it. */
export function HistoryPanel({ reading, session }: { reading: ReadingDetail; session: RoomSession }) {
  const { t } = useTranslation();
  const opened = useRoom((state) => state.historyOpen);
  const head = useRoom((state) => state.save.head);
  const revisions = useQuery({
    queryKey: ["room-revisions", reading.id, head],
    queryFn: () =>
      take(client.GET("/api/readings/{reading_id}/revisions", { params: { path: { reading_id: reading.id } } })),
    enabled: opened,
    placeholderData: (before) => before,
  });
  return (
    <Drawer
      opened={opened}
      onClose={() => useRoom.setState({ historyOpen: false })}
      position="right"
      size={420}
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
            [...rows]
              .sort((a, b) => b.number - a.number)
              .map((row) => <RevisionRow key={row.number} row={row} head={head} session={session} />)
          )
        }
      </Loaded>
    </Drawer>
  );
}

function RevisionRow({ row, head, session }: { row: Revision; head: number; session: RoomSession }) {
  const { t } = useTranslation();
  const mayEdit = useRoom((state) => state.mayEdit);
  const restore = useAction<number>({ run: (number) => session.restore(number) });
  const tool =
    row.kind === "edit" ? t(`room.tool.${row.tool}`, { defaultValue: row.tool }) : t(`room.kind.${row.kind}`);
  const parts = [
    row.frame_count > 0 ? t("room.history.frames", { count: row.frame_count }) : "",
    row.measurement_count > 0 ? t("room.history.measurements", { count: row.measurement_count }) : "",
    row.answer_count > 0 ? t("room.history.answers", { count: row.answer_count }) : "",
  ].filter(Boolean);
  const time = new Date(row.created_at);
  return (
    <div className={styles["revision"]} data-testid={`revision-${row.number}`}>
      <Text size="sm" c="dimmed" className="fid-figure">
        {row.number}
      </Text>
      <div>
        <Text size="sm">{tool}</Text>
        <Text size="xs" c="dimmed">
          {[row.author?.display_name ?? row.model_version, parts.join(", ")].filter(Boolean).join(" · ")}
        </Text>
        <Text size="xs" c="dimmed" title={formatMoment(row.created_at)}>
          {formatMoment(row.created_at).slice(0, 10)} {clock(time)}
        </Text>
      </div>
      {row.number === head ? (
        <Badge variant="light" size="sm">
          {t("room.history.now")}
        </Badge>
      ) : mayEdit ? (
        <ConfirmButton
          size="compact-xs"
          title={t("room.history.restoreTitle", { number: row.number })}
          text={t("room.history.restoreText")}
          confirm={t("room.history.restore")}
          onConfirm={() => restore.mutate(row.number)}
          testId={`restore-${row.number}`}
        >
          {t("room.history.restore")}
        </ConfirmButton>
      ) : null}
    </div>
  );
}
