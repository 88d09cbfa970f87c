import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useTranslation } from "react-i18next";

import { ConfirmButton } from "@/shared/ui/ConfirmButton";
import { useAction } from "@/shared/ui/useAction";

import type { RoomSession } from "./session";

const UNDO_MS = 20_000;

interface RestoredProps {
  number: number;
  undo: () => void;
}

function Restored({ number, undo }: RestoredProps) {
  const { t } = useTranslation();
  return (
    <Group justify="space-between" wrap="nowrap">
      <Text size="sm">{t("room.history.restored", { number })}</Text>
      <Button size="compact-xs" variant="default" onClick={undo} data-testid="restore-undo">
        {t("room.history.undo")}
      </Button>
    </Group>
  );
}

/** Go back to a revision, and offer in a notice to take that back. */
async function restoreWithNotice(session: RoomSession, number: number, again: (number: number) => void): Promise<void> {
  const left = await session.restore(number);
  const id = `restored-${session.reading.id}-${left}`;
  const undo = () => {
    notifications.hide(id);
    again(left);
  };
  notifications.show({ id, autoClose: UNDO_MS, color: "green", message: <Restored number={number} undo={undo} /> });
}

/** Go back to a revision; the notice that follows takes it back. */
export function RestoreButton({ number, session }: { number: number; session: RoomSession }) {
  const { t } = useTranslation();
  const restore = useAction<number>({
    run: (wanted) => restoreWithNotice(session, wanted, (left) => restore.mutate(left)),
  });
  return (
    <ConfirmButton
      size="compact-xs"
      title={t("room.history.restoreTitle", { number })}
      text={t("room.history.restoreText")}
      confirm={t("room.history.restore")}
      onConfirm={() => restore.mutate(number)}
      testId={`restore-${number}`}
    >
      {t("room.history.restore")}
    </ConfirmButton>
  );
}
