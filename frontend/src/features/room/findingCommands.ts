/** What the commands of findings do. */

import i18next from "i18next";

import { lookAtPlace, type Place, type Vec3 } from "@/imaging";

import { findingsOf, kept, keptPlace, newFindingKey, type Finding, type KeptPlace } from "./findings";
import { placeNow } from "./placeNow";
import type { RoomSession } from "./session";
import { useRoom } from "./store";

/** A finding of the label in hand, where the pointer is, or in the middle of the frame in the active pane. */
export function addFinding(session: RoomSession): void {
  const { mayEdit, phase, label, labels, answers } = useRoom.getState();
  if (!mayEdit || phase !== "ready" || !session.viewer) {
    return;
  }
  const findings = findingsOf(answers);
  const key = newFindingKey();
  const order = (findings.at(-1)?.order ?? 0) + 1;
  session.answer(key, {
    name: i18next.t("forms.findingName", { number: order }),
    order,
    label: labels.some(({ value }) => value === label) ? label : null,
    measurement: null,
    place: placeNow(session),
    answers: {},
  });
  useRoom.setState({ findingOpen: key, panelOpen: true });
  focusSoon(`[data-finding="${key}"]`);
}

/** Change a finding as it is now: typing that is saved after a pause must not bring back what has changed since. */
function update(session: RoomSession, key: string, change: (finding: Finding) => Partial<Finding>): void {
  const finding = findingsOf(useRoom.getState().answers).find((candidate) => candidate.key === key);
  if (finding) {
    session.answer(key, kept({ ...finding, ...change(finding) }));
  }
}

export const changeFinding = (session: RoomSession, { key }: Finding, part: Partial<Finding>): void =>
  update(session, key, () => part);

/** Answer a question of the per-lesion form; null takes the answer back. */
export function answerFinding(session: RoomSession, { key }: Finding, question: string, value: unknown): void {
  update(session, key, ({ answers: { [question]: _, ...others } }) => ({
    answers: value === null ? others : { ...others, [question]: value },
  }));
}

/** Bring a finding into view, also on another series of the case. */
export async function showFinding(session: RoomSession, finding: Finding): Promise<void> {
  useRoom.setState({ findingOpen: finding.key });
  const { place } = finding;
  const { viewer } = session;
  if (!place || !viewer) {
    return;
  }
  const { seriesUid, volumeIndex } = useRoom.getState();
  if (seriesUid !== place.series_uid || volumeIndex !== place.volume_index) {
    await session.openSeries(place.series_uid, place.volume_index);
  }
  lookAtPlace(viewer, placeOf(place));
}

const placeOf = ({ sop_instance_uid, frame_number, point_lps }: KeptPlace): Place => ({
  sop: sop_instance_uid,
  frame: frame_number,
  pointLps: point_lps ? (point_lps as unknown as Vec3) : null,
});

/** The next finding (or, with -1, the one before) comes into view. */
export function stepFinding(session: RoomSession, by: 1 | -1): void {
  const { answers, findingOpen } = useRoom.getState();
  const findings = findingsOf(answers);
  const at = findings.findIndex(({ key }) => key === findingOpen);
  const next = findings[at < 0 ? (by > 0 ? 0 : findings.length - 1) : (at + by + findings.length) % findings.length];
  if (next) {
    useRoom.setState({ panelOpen: true });
    void showFinding(session, next);
  }
}

/** Where the finding lies becomes where the pointer or the active pane is now. */
export function placeHere(session: RoomSession, finding: Finding): void {
  const place = placeNow(session);
  if (place) {
    changeFinding(session, finding, { place });
  }
}

/** Tie a finding to a measurement of the open images, or to none; it then lies where that one begins. */
export function tieToMeasurement(session: RoomSession, finding: Finding, measurement: string | null): void {
  const { measurements, seriesUid, volumeIndex } = useRoom.getState();
  const one = measurements.find(({ key }) => key === measurement);
  const [pointLps] = one?.pointsLps ?? [];
  const place = one && pointLps && { sop: one.sop, frame: one.frame, pointLps };
  changeFinding(session, finding, {
    measurement,
    ...(place ? { place: keptPlace(place, seriesUid, volumeIndex) } : {}),
  });
}

/** Focus the first control of an element, once it is on the screen. */
export function focusSoon(selector: string): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      const found = document.querySelector<HTMLElement>(selector);
      found?.scrollIntoView({ block: "nearest" });
      found?.querySelector<HTMLElement>("input:not([type=hidden]), textarea, button")?.focus();
    }),
  );
}
