import { Modal, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { KEYS, type Key } from "./hotkeys";
import styles from "./room.module.css";
import { useRoom } from "./store";

const GROUPS: readonly Key["group"][] = ["tools", "view", "marks", "case"];

/** Every key of the room. */
export function HelpOverlay() {
  const { t } = useTranslation();
  const opened = useRoom((state) => state.helpOpen);
  return (
    <Modal
      opened={opened}
      onClose={() => useRoom.setState({ helpOpen: false })}
      title={t("room.help.title")}
      size={720}
      data-testid="help-overlay"
    >
      <div className={styles["keys"]}>
        {GROUPS.map((group) => (
          <section key={group}>
            <Text size="xs" fw={600} c="dimmed" mb={4}>
              {t(`room.help.${group}`)}
            </Text>
            {KEYS.filter((key) => key.group === group).map((key) => (
              <div key={key.command} className={styles["keyRow"]}>
                {t(`room.command.${key.command}`)}
                <kbd>{key.shown}</kbd>
              </div>
            ))}
          </section>
        ))}
      </div>
      <Text size="xs" c="dimmed" mt="lg">
        {t("room.help.mouse")}
      </Text>
    </Modal>
  );
}
