import { ActionIcon, Text, Tooltip } from "@mantine/core";
import { IconStar, IconStarFilled, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { GivenImageList } from "./GivenImageList";
import { shownKey, withKey } from "./hotkeys";
import { keyImageAt, keyImagesOf, showKeyImage, toggleKeyImage } from "./keyImages";
import styles from "./room.module.css";
import type { RoomSession } from "./session";
import { useRoom } from "./store";
import { activeSpec } from "./viewCommands";

/** The key images of the reading: a click brings one into view. */
export function KeyImageList({ session }: { session: RoomSession | null }) {
  const { t } = useTranslation();
  const answers = useRoom((state) => state.answers);
  const frame = useRoom((state) => state.views[activeSpec(state)?.id ?? ""]?.frame ?? null);
  const mayEdit = useRoom((state) => state.mayEdit && state.phase === "ready");
  const images = keyImagesOf(answers);
  const here = keyImageAt(answers, frame);
  const Star = here ? IconStarFilled : IconStar;
  return (
    <section className={styles["section"]} aria-label={t("view.keyImages.title")} data-testid="key-images">
      <div className={styles["sectionHead"]}>
        {t("view.keyImages.title")}
        <Tooltip label={withKey(t("room.command.keyImage"), "keyImage")}>
          <ActionIcon
            size={26}
            variant="subtle"
            color={here ? "accent" : "gray"}
            disabled={!mayEdit}
            aria-label={t("room.command.keyImage")}
            aria-pressed={here !== undefined}
            onClick={() => session && toggleKeyImage(session)}
            data-testid="key-image-toggle"
          >
            <Star size={15} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </div>
      {images.length === 0 ? (
        <Text size="xs" c="dimmed" mih={18}>
          {mayEdit ? t("view.keyImages.none", { key: shownKey("keyImage") }) : t("forms.noFindings")}
        </Text>
      ) : null}
      {images.map((one) => (
        <div key={one.key} className={styles["keyImageRow"]} data-active={one === here} data-testid="key-image">
          <button type="button" onClick={() => session && void showKeyImage(session, one)} data-testid="key-image-show">
            <IconStarFilled size={12} />
            <span>{one.name}</span>
          </button>
          <Tooltip label={t("common.delete")}>
            <ActionIcon
              size={26}
              variant="subtle"
              color="gray"
              disabled={!mayEdit}
              aria-label={t("view.keyImages.delete", { name: one.name })}
              onClick={() => session?.answer(one.key, null)}
              data-testid="key-image-delete"
            >
              <IconTrash size={14} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
        </div>
      ))}
      {session ? <GivenImageList session={session} /> : null}
    </section>
  );
}
