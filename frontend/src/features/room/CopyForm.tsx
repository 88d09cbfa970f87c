import { Select, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { copyPlaces, isRegistered, openVolumeKey, type CopyPlace } from "./copying";
import { ChoiceField, Hint } from "./fields";
import { setForm } from "./segmentCommands";
import { useSegment } from "./segmentStore";
import type { ReadingDetail } from "./session";
import { useRoom } from "./store";

/** Another time point, another series of the case, or the reader's own marks of an earlier study. */
export function CopyForm({ reading }: { reading: ReadingDetail }) {
  const { t } = useTranslation();
  const { volume, label, registered } = useSegment((state) => state.forms.copy);
  const labels = useRoom((state) => state.labels);
  const here = useRoom(openVolumeKey);
  const target = useRoom((state) => state.label);
  const alignment = useSegment((state) => state.alignments.get(`${here}>${volume}`));
  const places = copyPlaces(reading, here);
  const place = places.find(({ key }) => key === volume);
  const brought = isRegistered(reading, place, registered);
  const nameOf = ({ series, number, total, daysBefore }: CopyPlace) =>
    [
      daysBefore === null ? "" : t("view.daysBefore", { count: daysBefore }),
      series.description || t("room.noDescription"),
      total > 1 ? t("room.part", { number, total }) : "",
    ]
      .filter(Boolean)
      .join(" · ");
  return (
    <>
      <Select
        size="xs"
        allowDeselect={false}
        aria-label={t("segment.copy.from")}
        placeholder={t(places.length > 0 ? "segment.copy.from" : "segment.copy.none")}
        disabled={places.length === 0}
        value={place?.key ?? null}
        onChange={(value) => value && setForm("copy", { volume: value, registered: null })}
        data={places.map((one) => ({ value: one.key, label: nameOf(one) }))}
        data-testid="copy-volume"
      />
      <Select
        size="xs"
        allowDeselect={false}
        aria-label={t("segment.copy.label")}
        value={String(label || target)}
        onChange={(value) => value && setForm("copy", { label: Number(value) })}
        data={labels.map(({ value, name }) => ({ value: String(value), label: name }))}
        data-testid="copy-label"
      />
      <ChoiceField
        label={t("segment.copy.place")}
        value={brought ? "registered" : "position"}
        options={(["position", "registered"] as const).map((value) => ({ value, label: t(`segment.copy.${value}`) }))}
        testId="copy-place"
        onChange={(value) => setForm("copy", { registered: value === "registered" })}
      />
      {brought && alignment ? (
        <Text size="xs" c="dimmed" data-testid="copy-alignment" data-shift={alignment.shift_mm}>
          {t("segment.copy.moved", {
            mm: alignment.shift_mm.toFixed(1),
            deg: alignment.turn_deg.toFixed(1),
            share: Math.round(alignment.overlap * 100),
          })}
        </Text>
      ) : null}
      <Hint>{t(brought ? "segment.copy.registeredHint" : "segment.copy.hint")}</Hint>
    </>
  );
}
