import { ActionIcon, Button, Group, Text, Tooltip } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useAction } from "@/shared/ui/useAction";

import { RestoreButton } from "./RestoreButton";
import { madeAt, madeBy, madeWith, useRevisions } from "./revisions";
import styles from "./room.module.css";
import type { ReadingDetail, RoomSession } from "./session";
import { useRoom } from "./store";

/** Says that the marks on the screen are earlier ones, and leads on, back, or to restoring them. */
export function PreviewBanner({ reading, session }: { reading: ReadingDetail; session: RoomSession }) {
  const { t } = useTranslation();
  const number = useRoom((state) => state.previewed);
  const head = useRoom((state) => state.save.head);
  const row = useRevisions(reading.id, number !== null).data?.find((one) => one.number === number);
  const look = useAction<number>({ run: (wanted) => session.preview.show(wanted) });
  if (number === null) {
    return null;
  }
  const step = (wanted: number, label: string, Icon: typeof IconChevronLeft, testId: string) => (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={26}
        aria-label={label}
        disabled={wanted < 1 || wanted >= head}
        onClick={() => look.mutate(wanted)}
        data-testid={testId}
      >
        <Icon size={16} />
      </ActionIcon>
    </Tooltip>
  );
  return (
    <div className={styles["banner"]} role="status" data-testid="preview-banner" data-number={number}>
      {step(number - 1, t("room.history.older"), IconChevronLeft, "preview-older")}
      {step(number + 1, t("room.history.newer"), IconChevronRight, "preview-newer")}
      <Text size="sm" fw={600}>
        {t("room.history.previewOf", { number })}
      </Text>
      <Text size="sm" c="dimmed" truncate style={{ flex: 1 }}>
        {row ? [madeWith(t, row), madeBy(row), madeAt(row.created_at)].filter(Boolean).join(" · ") : ""}
      </Text>
      <Group gap={8} wrap="nowrap">
        {session.editable ? <RestoreButton number={number} session={session} /> : null}
        <Button size="compact-xs" onClick={() => session.preview.leave()} data-testid="preview-leave">
          {t("room.history.leave")}
        </Button>
      </Group>
    </div>
  );
}
