import { Box, Button, Group, NumberInput, SegmentedControl, Select, Stack, Switch, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { toRange } from "@/imaging";

import { targetKey, withSegment, type Choices, type Mode, type Plan, type Segment } from "./files";
import type { ReadingDetail, RoomSession } from "./session";
import { useRoom } from "./store";

interface Props {
  plan: Plan;
  reading: ReadingDetail;
  session: RoomSession;
  choices: Choices;
  onChoices: (choices: Choices) => void;
}

/** What a file holds, what goes where, and what that does to the marks that are there. */
export function LoadPlan({ plan, reading, session, choices, onChoices }: Props) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm" data-testid="load-plan">
      <Text size="sm" fw={600} truncate>
        {[t(`room.files.kinds.${plan.kind}`), plan.title].filter(Boolean).join(" · ")}
      </Text>
      {plan.offers.length > 1 ? (
        <Select
          label={t("room.files.target")}
          allowDeselect={false}
          value={plan.target ? targetKey(plan.target) : null}
          data={plan.offers.map((offer) => ({ value: targetKey(offer), label: targetName(offer, reading, t) }))}
          onChange={(target) => onChoices({ ...choices, target })}
          data-testid="load-target"
        />
      ) : null}
      {plan.window ? <ShownWindow window={plan.window} session={session} /> : null}
      {plan.segments.length + plan.measurements.length === 0 && !plan.window ? (
        <Text size="sm" c="dimmed">
          {t("room.files.nothing")}
        </Text>
      ) : null}
      {plan.segments.map((segment) => (
        <SegmentRow
          key={segment.number}
          segment={segment}
          onChange={(change) => onChoices(withSegment(choices, plan, segment.number, change))}
        />
      ))}
      {plan.segments.length > 0 ? (
        <Options plan={plan} choices={choices} onChoices={onChoices} />
      ) : (
        <Measurements plan={plan} />
      )}
    </Stack>
  );
}

/** The window of a presentation state; it changes how images are shown, and no mark. */
function ShownWindow({ window, session }: { window: readonly number[]; session: RoomSession }) {
  const { t } = useTranslation();
  const [centre = 0, width = 1] = window;
  return (
    <Group justify="space-between">
      <Text size="sm" className="fid-figure">
        {t("room.files.window", { centre: Math.round(centre), width: Math.round(width) })}
      </Text>
      <Button
        size="compact-sm"
        variant="default"
        onClick={() => session.viewer?.display.setWindow(toRange(centre, width), "main", null)}
        data-testid="load-window"
      >
        {t("room.files.showWindow")}
      </Button>
    </Group>
  );
}

type Translate = ReturnType<typeof useTranslation>["t"];

function targetName(offer: Plan["offers"][number], reading: ReadingDetail, t: Translate): string {
  const found = reading.series.find(({ series_uid }) => series_uid === offer.series_uid);
  const series = [found?.modality, found?.description].filter(Boolean).join(" ") || offer.series_uid;
  return offer.volume_index === null
    ? t("room.files.series", { series })
    : t("room.files.volume", { series, n: offer.volume_index + 1 });
}

function Options({ plan, choices, onChoices }: Omit<Props, "reading" | "session">) {
  const { t } = useTranslation();
  return (
    <>
      <Text size="xs" c="dimmed">
        {t("room.files.modeHint")}
      </Text>
      <Switch
        size="sm"
        label={t("room.files.overOthers")}
        checked={choices.overOthers}
        onChange={(event) => onChoices({ ...choices, overOthers: event.currentTarget.checked })}
        data-testid="load-over-others"
      />
      {plan.fractional ? (
        <NumberInput
          label={t("room.files.share")}
          min={0.05}
          max={1}
          step={0.05}
          value={choices.share}
          onChange={(value) => onChoices({ ...choices, share: Math.min(1, Math.max(0.001, Number(value) || 0.5)) })}
          data-testid="load-share"
        />
      ) : null}
    </>
  );
}

function SegmentRow({
  segment,
  onChange,
}: {
  segment: Segment;
  onChange: (change: Partial<{ label: number | null; mode: Mode }>) => void;
}) {
  const { t } = useTranslation();
  const labels = useRoom((state) => state.labels);
  const { placed, frames, removed, kept, taken } = segment.counts;
  const said = [
    segment.label === null && segment.voxels !== null ? t("room.files.voxels", { count: segment.voxels }) : "",
    segment.label === null ? "" : t("room.files.placed", { n: placed, count: frames }),
    removed > 0 ? t("room.files.removed", { n: removed }) : "",
    kept > 0 ? t("room.files.kept", { n: kept }) : "",
    taken > 0 ? t("room.files.taken", { n: taken }) : "",
  ].filter(Boolean);
  return (
    <Box
      pb="xs"
      style={{ borderBottom: "1px solid var(--fid-line)" }}
      data-testid={`load-segment-${segment.number}`}
      data-label={segment.label ?? ""}
      data-placed={placed}
    >
      <Text size="sm" truncate>
        {segment.name || segment.number}
        <Text span size="xs" c="dimmed" ml={8}>
          {[segment.code?.meaning, segment.matched_by ? t(`room.files.by.${segment.matched_by}`) : ""]
            .filter(Boolean)
            .join(" · ")}
        </Text>
      </Text>
      <Group gap="sm" wrap="nowrap" mt={4}>
        <Select
          size="xs"
          style={{ flex: 1 }}
          aria-label={t("room.files.label")}
          allowDeselect={false}
          value={segment.label === null ? "" : String(segment.label)}
          data={[
            { value: "", label: t("room.files.leaveOut") },
            ...labels.map(({ value, name }) => ({ value: String(value), label: name })),
          ]}
          onChange={(value) => onChange({ label: value ? Number(value) : null })}
          data-testid={`load-label-${segment.number}`}
        />
        <SegmentedControl
          size="xs"
          disabled={segment.label === null}
          value={segment.mode}
          data={(["merge", "replace"] as const).map((value) => ({ value, label: t(`room.files.mode.${value}`) }))}
          onChange={(value) => onChange({ mode: value === "replace" ? "replace" : "merge" })}
          data-testid={`load-mode-${segment.number}`}
        />
      </Group>
      <Text size="xs" c="dimmed" mt={4} mih={16}>
        {said.join(" · ")}
      </Text>
    </Box>
  );
}

function Measurements({ plan }: { plan: Plan }) {
  const { t } = useTranslation();
  return (
    <Stack gap={4}>
      {plan.measurements.map((one) => {
        const [reason = ""] = one.reason.split(":");
        return (
          <Group key={one.key} justify="space-between" wrap="nowrap" data-testid="load-measurement">
            <Text size="sm" truncate>
              {[one.type, one.label].filter(Boolean).join(" · ") || "?"}
            </Text>
            <Text size="sm" c="dimmed" className="fid-figure" style={{ whiteSpace: "nowrap" }}>
              {reason
                ? t(`room.files.reason.${reason}`)
                : `${one.value === null ? "" : Number(one.value.toPrecision(4))} ${one.unit}`}
            </Text>
          </Group>
        );
      })}
    </Stack>
  );
}
