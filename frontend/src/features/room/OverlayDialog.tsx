import { Checkbox, Modal, SegmentedControl, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { shownKey } from "./hotkeys";
import { isChosen, TEXTS, useOwnTexts, useSaveTexts, withText } from "./overlayTexts";
import { OVERLAYS, useRoom, type Overlay } from "./store";

/** Which texts stand over the images: none, one's own choice, or all. The choice is kept for the person. */
export function OverlayDialog() {
  const { t } = useTranslation();
  const opened = useRoom((state) => state.overlayOpen);
  const overlay = useRoom((state) => state.overlay);
  const own = useOwnTexts((state) => state.own);
  const save = useSaveTexts();
  return (
    <Modal
      opened={opened}
      onClose={() => useRoom.setState({ overlayOpen: false })}
      title={t("view.overlay.title")}
      size={380}
      transitionProps={{ duration: 100 }}
      data-testid="overlay-dialog"
    >
      <Stack gap="sm">
        <SegmentedControl
          size="xs"
          fullWidth
          value={overlay}
          onChange={(value) => useRoom.setState({ overlay: value as Overlay })}
          data={OVERLAYS.map((value) => ({
            value,
            label: <span data-testid={`overlay-${value}`}>{t(`view.overlay.${value}`)}</span>,
          }))}
        />
        <Text size="xs" c="dimmed">
          {t("view.overlay.hint", { key: shownKey("overlay") })}
        </Text>
        {TEXTS.map((name) => (
          <Checkbox
            key={name}
            size="xs"
            label={t(`view.overlay.texts.${name}`)}
            checked={isChosen(own, name)}
            onChange={(event) => save.mutate(withText(own, name, event.currentTarget.checked))}
            data-testid={`overlay-text-${name}`}
          />
        ))}
      </Stack>
    </Modal>
  );
}
