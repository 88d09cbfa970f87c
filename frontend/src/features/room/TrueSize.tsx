import { Menu, Modal, Slider, Text } from "@mantine/core";
import { IconRulerMeasure } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { create } from "zustand";

import type { PaneSpec } from "@/imaging";

import styles from "./room.module.css";
import type { RoomSession } from "./session";
import { useRoom } from "./store";

const KEY = "fiducial.screen";
/** A bank card (ISO/IEC 7810 ID-1) is 85.6 mm wide everywhere. */
const CARD_MM = 85.6;
/** CSS says that 96 pixels are an inch; screens differ, so this is where the slider begins. */
const USUAL_PX_PER_MM = 96 / 25.4;

function kept(): number | null {
  const value = Number(localStorage.getItem(KEY));
  return value >= 1 && value <= 30 ? value : null;
}

/** Pixels for each millimetre of this screen as its reader measured it, and the pane that waits for it. */
const useScreen = create<{ readonly pxPerMm: number | null; readonly asking: string | null }>(() => ({
  pxPerMm: kept(),
  asking: null,
}));

const show = (session: RoomSession, pane: string, pxPerMm: number) => session.viewer?.views.scaleTo(pane, 1 / pxPerMm);

/** Show the image of a pane as large as it is; the first time, ask how large the screen's pixels are. */
export function TrueSizeItems({ spec, session }: { spec: PaneSpec; session: RoomSession }) {
  const { t } = useTranslation();
  const scaled = useRoom((state) => Boolean(state.views[spec.id]?.mmPerPixel));
  const pxPerMm = useScreen((state) => state.pxPerMm);
  const ask = () => useScreen.setState({ asking: spec.id });
  return (
    <>
      <Menu.Item
        leftSection={<IconRulerMeasure size={15} />}
        disabled={!scaled}
        onClick={() => (pxPerMm === null ? ask() : show(session, spec.id, pxPerMm))}
        data-testid={`true-size-${spec.id}`}
      >
        {t("view.trueSize.title")}
      </Menu.Item>
      {pxPerMm === null ? null : (
        <Menu.Item leftSection={<span className={styles["noCheck"]} />} onClick={ask} data-testid="screen-again">
          {t("view.trueSize.again")}
        </Menu.Item>
      )}
    </>
  );
}

/** Hold a card to the screen and make the box as wide as it. */
export function ScreenDialog({ session }: { session: RoomSession }) {
  const { t } = useTranslation();
  const { asking, pxPerMm } = useScreen();
  const value = pxPerMm ?? USUAL_PX_PER_MM;
  const close = () => {
    localStorage.setItem(KEY, String(value));
    useScreen.setState({ asking: null, pxPerMm: value });
    if (asking) {
      show(session, asking, value);
    }
  };
  return (
    <Modal opened={asking !== null} onClose={close} title={t("view.trueSize.screen")} size="auto">
      <Text size="sm" mb="md" maw={560}>
        {t("view.trueSize.text")}
      </Text>
      <div className={styles["card"]} style={{ width: value * CARD_MM }} data-testid="screen-card">
        85.6 mm
      </div>
      <Slider
        my="md"
        min={2}
        max={12}
        step={0.01}
        label={null}
        value={value}
        onChange={(next) => useScreen.setState({ pxPerMm: next })}
        thumbLabel={t("view.trueSize.screen")}
        data-testid="screen-slider"
      />
      <button type="button" className={styles["textButton"]} onClick={close} data-testid="screen-done">
        {t("view.trueSize.done")}
      </button>
    </Modal>
  );
}
