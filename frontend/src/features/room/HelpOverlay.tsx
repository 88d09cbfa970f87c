import { Button, Group, Modal, Text } from "@mantine/core";
import { IconKeyboard } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { GROUPS, KEYS, keysOf, shownChord, shownKey, useOwnKeys } from "./hotkeys";
import styles from "./room.module.css";
import { useRoom } from "./store";

/** Every key of the room, as the person has them. */
export function HelpOverlay() {
  const { t } = useTranslation();
  const opened = useRoom((state) => state.helpOpen);
  const own = useOwnKeys((state) => state.own);
  return (
    <Modal
      opened={opened}
      onClose={() => useRoom.setState({ helpOpen: false })}
      title={t("room.help.title")}
      size={1200}
      data-testid="help-overlay"
    >
      <div className={styles["allKeys"]}>
        {GROUPS.map((group) => (
          <section key={group}>
            <Text size="xs" fw={600} c="dimmed" mb={4}>
              {t(`room.help.${group}`)}
            </Text>
            {KEYS.filter((key) => key.group === group).map(({ command, fixed }) => (
              <div key={command} className={styles["keyRow"]} data-testid={`help-${command}`}>
                {t(`room.command.${command}`)}
                <span>
                  {(fixed ? [shownKey(command)] : keysOf(command, own).map(shownChord)).map((chord) => (
                    <kbd key={chord}>{chord}</kbd>
                  ))}
                </span>
              </div>
            ))}
          </section>
        ))}
      </div>
      <Group justify="space-between" mt="lg" wrap="nowrap">
        <Text size="xs" c="dimmed">
          {t("room.help.mouse")}
        </Text>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconKeyboard size={16} />}
          onClick={() => useRoom.setState({ helpOpen: false, keysOpen: true })}
          data-testid="help-change-keys"
        >
          {t("room.keys.open")}
        </Button>
      </Group>
    </Modal>
  );
}
