import { ActionIcon, Anchor, Button, Text, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconChevronRight, IconDeviceDesktopPlus, IconHelp, IconPlayerTrackNext } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { withKey } from "./hotkeys";
import styles from "./room.module.css";
import { SaveMark } from "./SaveMark";
import { isSecond, openSecond } from "./secondWindow";
import type { ReadingDetail, RoomSession } from "./session";
import { useRoom } from "./store";

interface Props {
  reading: ReadingDetail;
  session: RoomSession | null;
  onNext: () => void;
}

/** Where I am, whether my work is safe, and the way on. */
export function TopBar({ reading, session, onNext }: Props) {
  const { t } = useTranslation();
  const finished = useRoom(({ mayEdit, phase, previewed }) => !mayEdit && phase === "ready" && previewed === null);
  const series = reading.series[0];
  const second = isSecond();
  const showSecond = () => {
    if (!openSecond(reading.id)) {
      notifications.show({ message: t("room.secondBlocked"), color: "orange" });
    }
  };
  return (
    <header className={styles["top"]} data-region>
      <div className={styles["crumbs"]}>
        {second ? null : (
          <>
            <Anchor component={Link} to="/worklist" size="sm" c="dimmed" underline="hover" data-testid="to-worklist">
              {t("room.worklist")}
            </Anchor>
            <IconChevronRight size={14} className={styles["faint"]} />
          </>
        )}
        <Text size="sm" c="dimmed" truncate maw={320}>
          {reading.project.name}
        </Text>
        <IconChevronRight size={14} className={styles["faint"]} />
        <Text size="sm" fw={600} data-testid="case-number">
          {t("room.case", { number: reading.case.number })}
        </Text>
        <Text size="sm" c="dimmed" truncate maw={360} ml={8}>
          {[series?.modality, series?.description].filter(Boolean).join(" · ")}
        </Text>
      </div>
      <div className={styles["topEnd"]}>
        {second ? null : <SaveMark session={session} />}
        {second ? null : (
          <Tooltip label={withKey(t("room.command.secondWindow"), "secondWindow")}>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={32}
              aria-label={t("room.command.secondWindow")}
              data-testid="second-window"
              onClick={showSecond}
            >
              <IconDeviceDesktopPlus size={18} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
        )}
        <Tooltip label={withKey(t("room.command.help"), "help")}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={32}
            aria-label={t("room.command.help")}
            data-testid="help"
            onClick={() => useRoom.setState({ helpOpen: true })}
          >
            <IconHelp size={18} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
        {second ? null : (
          <Tooltip label={withKey(t("room.command.nextCase"), "nextCase")}>
            <Button
              variant={finished ? "filled" : "default"}
              size="xs"
              rightSection={<IconPlayerTrackNext size={14} />}
              onClick={onNext}
              data-testid="next-case"
            >
              {t("room.nextCase")}
            </Button>
          </Tooltip>
        )}
      </div>
    </header>
  );
}
