/** What is done with measurements beside drawing them. */

import { showMeasurement } from "@/imaging";

import type { RoomSession } from "./session";
import { useRoom } from "./store";

/** Open one in the list and bring it into view; null closes it. */
export function chooseMeasurement(session: RoomSession, key: string | null): void {
  useRoom.setState({ measurement: key });
  if (key === null) {
    session.viewer?.measurements.choose(null);
  } else if (session.viewer) {
    showMeasurement(session.viewer, key);
  }
}

function applyHidden(session: RoomSession): void {
  const { hiddenMeasurements, measurementsShown } = useRoom.getState();
  session.viewer?.measurements.setHidden(hiddenMeasurements, measurementsShown);
}

export function hideMeasurement(session: RoomSession, key: string, hide: boolean): void {
  const hidden = new Set(useRoom.getState().hiddenMeasurements);
  if (hide) {
    hidden.add(key);
  } else {
    hidden.delete(key);
  }
  useRoom.setState({ hiddenMeasurements: hidden });
  applyHidden(session);
}

export function toggleMeasurements(session: RoomSession): void {
  useRoom.setState({ measurementsShown: !useRoom.getState().measurementsShown });
  applyHidden(session);
}
