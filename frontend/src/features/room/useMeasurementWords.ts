import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { labelNameOf } from "./MeasurementList";
import { wordsFor } from "./measurementText";
import type { RoomSession } from "./session";
import { useRoom } from "./store";

/** Tell the viewer what to write beside measurements, in the person's language. */
export function useMeasurementWords(session: RoomSession | null): void {
  const { t } = useTranslation();
  useEffect(() => {
    void session?.viewerReady.then((viewer) =>
      viewer?.measurements.setWords((one) => wordsFor(t, one, labelNameOf(one, useRoom.getState().labels))),
    );
  }, [session, t]);
}
