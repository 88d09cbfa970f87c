import { Select, Switch, UnstyledButton } from "@mantine/core";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { NumberField } from "./fields";
import styles from "./room.module.css";
import { setSettings } from "./segmentCommands";
import { useSegment } from "./segmentStore";
import type { RoomSession } from "./session";
import { useRoom } from "./store";
import { LARGEST_LEVEL, useLevelStep, useUnit } from "./ToolOptions";

/** Where labels may be changed at all: in a range of grey values, inside or outside a label. Holds for every tool. */
export function RulesForm({ session }: { session: RoomSession | null }) {
  const { t } = useTranslation();
  const { range, area } = useSegment((state) => state.settings.rules);
  const open = useSegment((state) => state.rulesOpen);
  const labels = useRoom((state) => state.labels);
  const unit = useUnit();
  const step = useLevelStep();
  const name = labels.find(({ value }) => value === area?.label)?.name ?? "";
  const summary = [
    range ? `${range.lower} – ${range.upper} ${unit}`.trim() : "",
    area ? t(area.inside ? "segment.rules.inside" : "segment.rules.outside", { label: name }) : "",
  ].filter(Boolean);
  const areas = labels.flatMap(({ value, name: label }) => [
    { value: `in:${value}`, label: t("segment.rules.inside", { label }) },
    { value: `out:${value}`, label: t("segment.rules.outside", { label }) },
  ]);
  const setArea = (chosen: string | null) => {
    const [side, value] = (chosen ?? "").split(":");
    setSettings(session, "rules", { area: value ? { label: Number(value), inside: side === "in" } : null });
  };
  return (
    <div className={styles["rules"]} data-on={summary.length > 0}>
      <UnstyledButton
        className={styles["rulesHead"]}
        aria-expanded={open}
        onClick={() => useSegment.setState({ rulesOpen: !open })}
        data-testid="rules-toggle"
      >
        {open ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
        <span>{t("segment.rules.title")}</span>
        <span className={styles["rulesNow"]} data-testid="rules-now">
          {summary.length > 0 ? summary.join(" · ") : t("segment.rules.anywhere")}
        </span>
      </UnstyledButton>
      {open ? (
        <div className={styles["options"]}>
          <Switch
            size="xs"
            label={t("segment.rules.range")}
            checked={range !== null}
            onChange={(event) =>
              setSettings(session, "rules", {
                range: event.currentTarget.checked ? useSegment.getState().settings.threshold.range : null,
              })
            }
            data-testid="rules-range"
          />
          {range ? (
            <>
              <NumberField
                label={t("segment.from")}
                unit={unit}
                value={range.lower}
                min={-LARGEST_LEVEL}
                max={LARGEST_LEVEL}
                step={step}
                testId="rules-lower"
                onChange={(lower) => setSettings(session, "rules", { range: { ...range, lower } })}
              />
              <NumberField
                label={t("segment.to")}
                unit={unit}
                value={range.upper}
                min={-LARGEST_LEVEL}
                max={LARGEST_LEVEL}
                step={step}
                testId="rules-upper"
                onChange={(upper) => setSettings(session, "rules", { range: { ...range, upper } })}
              />
            </>
          ) : null}
          <Select
            size="xs"
            clearable
            placeholder={t("segment.rules.anywhere")}
            aria-label={t("segment.rules.area")}
            value={area ? `${area.inside ? "in" : "out"}:${area.label}` : null}
            onChange={setArea}
            data={areas}
            data-testid="rules-area"
          />
        </div>
      ) : null}
    </div>
  );
}
