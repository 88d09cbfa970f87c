import { useTranslation } from "react-i18next";

import { RATES, playCine, stopCine } from "./cine";
import styles from "./room.module.css";
import type { RoomSession } from "./session";
import { useRoom } from "./store";

/** While a pane plays: how fast, and the way to stop. */
export function CineBar({ name, session }: { name: string; session: RoomSession }) {
  const { t } = useTranslation();
  const cine = useRoom((state) => (state.cine?.pane === name ? state.cine : null));
  if (!cine) {
    return null;
  }
  return (
    <span className={styles["cineBar"]} data-testid={`cine-${name}`}>
      <button type="button" onClick={stopCine} data-testid="cine-stop">
        {t("view.cine.stop")}
      </button>
      <select
        value={cine.rate}
        aria-label={t("view.cine.rate")}
        onChange={(event) => playCine(session, name, Number(event.currentTarget.value))}
        data-testid="cine-rate"
      >
        {[...new Set([...RATES, cine.rate])]
          .sort((a, b) => a - b)
          .map((rate) => (
            <option key={rate} value={rate}>
              {t("view.cine.perSecond", { rate })}
            </option>
          ))}
      </select>
    </span>
  );
}
