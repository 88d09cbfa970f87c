import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { RoomSession } from "./session";
import { useRoom } from "./store";

/** Both sides changed the same frames. Whatever is chosen, both stay in the history. */
export function ConflictDialog({ session }: { session: RoomSession }) {
  const { t } = useTranslation();
  const conflict = useRoom((state) => state.conflict);
  return (
    <Modal
      opened={conflict !== null}
      onClose={() => undefined}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
      title={t("room.conflict.title")}
      data-testid="conflict"
    >
      <Stack gap="md">
        <Text size="sm">{t("room.conflict.text", { count: conflict ?? 0 })}</Text>
        <Text size="sm" c="dimmed">
          {t("room.conflict.safe")}
        </Text>
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={() => session.settle("theirs")} data-testid="conflict-theirs">
            {t("room.conflict.theirs")}
          </Button>
          <Button onClick={() => session.settle("mine")} data-testid="conflict-mine">
            {t("room.conflict.mine")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
