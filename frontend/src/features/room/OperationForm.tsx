import { Button, Select, Switch } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Combination } from "@/imaging";

import { CopyForm } from "./CopyForm";
import { ChoiceField, Hint, NumberField } from "./fields";
import styles from "./room.module.css";
import { applyOperation, setForm } from "./segmentCommands";
import { useSegment, type OperationName } from "./segmentStore";
import type { ReadingDetail, RoomSession } from "./session";
import { useRoom } from "./store";

interface Props {
  reading: ReadingDetail;
}

/** The form of one operation on the chosen label, and the button that carries it out. */
export function OperationForm({
  name,
  reading,
  session,
}: Props & { name: OperationName; session: RoomSession | null }) {
  const { t } = useTranslation();
  const busy = useSegment((state) => state.status !== null);
  const label = useRoom((state) => state.labels.find(({ value }) => value === state.label)?.name ?? "");
  const forms: Record<OperationName, (props: Props) => React.ReactNode> = {
    interpolate: InterpolateForm,
    islands: IslandsForm,
    margin: MarginForm,
    hollow: HollowForm,
    smooth: SmoothForm,
    combine: CombineForm,
    seeds: SeedsForm,
    copy: CopyForm,
  };
  const Form = forms[name];
  return (
    <div className={styles["options"]} data-testid={`operation-${name}`}>
      <Form reading={reading} />
      <div className={styles["optionButtons"]}>
        <Button
          size="compact-sm"
          variant="light"
          disabled={busy}
          onClick={() => session && void applyOperation(session)}
          data-testid="operation-apply"
        >
          {t(`segment.apply.${name}`, { label })}
        </Button>
      </div>
    </div>
  );
}

function InterpolateForm() {
  const { t } = useTranslation();
  const { plane } = useSegment((state) => state.forms.interpolate);
  return (
    <>
      <ChoiceField
        label={t("segment.interpolate.title")}
        value={plane}
        options={(["acquired", "current"] as const).map((value) => ({
          value,
          label: t(`segment.interpolate.${value}`),
        }))}
        testId="interpolate-plane"
        onChange={(value) => setForm("interpolate", { plane: value })}
      />
      <Hint>{t("segment.interpolate.hint")}</Hint>
    </>
  );
}

function IslandsForm() {
  const { t } = useTranslation();
  const { keep, mm3 } = useSegment((state) => state.forms.islands);
  return (
    <>
      <ChoiceField
        label={t("room.command.islands")}
        value={keep}
        options={(["largest", "small"] as const).map((value) => ({ value, label: t(`segment.islands.${value}`) }))}
        testId="islands-keep"
        onChange={(value) => setForm("islands", { keep: value })}
      />
      {keep === "small" ? (
        <NumberField
          label={t("segment.islands.below")}
          unit="mm³"
          value={mm3}
          min={0}
          max={1_000_000}
          step={10}
          testId="islands-mm3"
          onChange={(value) => setForm("islands", { mm3: value })}
        />
      ) : null}
    </>
  );
}

function MarginForm() {
  const { t } = useTranslation();
  const { grow, mm } = useSegment((state) => state.forms.margin);
  return (
    <>
      <ChoiceField
        label={t("room.command.margin")}
        value={grow ? "grow" : "shrink"}
        options={(["grow", "shrink"] as const).map((value) => ({ value, label: t(`segment.margin.${value}`) }))}
        testId="margin-way"
        onChange={(value) => setForm("margin", { grow: value === "grow" })}
      />
      <NumberField
        label={t("segment.margin.by")}
        unit="mm"
        value={mm}
        min={0.1}
        max={100}
        step={0.5}
        testId="margin-mm"
        onChange={(value) => setForm("margin", { mm: value })}
      />
    </>
  );
}

function HollowForm() {
  const { t } = useTranslation();
  const { shell, mm } = useSegment((state) => state.forms.hollow);
  return (
    <>
      <ChoiceField
        label={t("room.command.hollow")}
        value={shell}
        options={(["inside", "outside"] as const).map((value) => ({ value, label: t(`segment.hollow.${value}`) }))}
        testId="hollow-shell"
        onChange={(value) => setForm("hollow", { shell: value })}
      />
      <NumberField
        label={t("segment.hollow.thickness")}
        unit="mm"
        value={mm}
        min={0.1}
        max={100}
        step={0.5}
        testId="hollow-mm"
        onChange={(value) => setForm("hollow", { mm: value })}
      />
    </>
  );
}

function SmoothForm() {
  const { t } = useTranslation();
  const { method, mm } = useSegment((state) => state.forms.smooth);
  return (
    <>
      <Select
        size="xs"
        allowDeselect={false}
        aria-label={t("room.command.smooth")}
        value={method}
        onChange={(value) => value && setForm("smooth", { method: value as typeof method })}
        data={(["median", "gaussian", "opening", "closing"] as const).map((value) => ({
          value,
          label: t(`segment.smooth.${value}`),
        }))}
        data-testid="smooth-method"
      />
      <NumberField
        label={t(`segment.smooth.${method}Size`)}
        unit="mm"
        value={mm}
        min={0.1}
        max={50}
        step={0.5}
        testId="smooth-mm"
        onChange={(value) => setForm("smooth", { mm: value })}
      />
    </>
  );
}

const COMBINATIONS = [
  "union",
  "subtract",
  "intersect",
  "copy",
  "move",
  "invert",
  "clear",
] as const satisfies Combination[];

function CombineForm() {
  const { t } = useTranslation();
  const { how, other } = useSegment((state) => state.forms.combine);
  const labels = useRoom((state) => state.labels);
  const label = useRoom((state) => state.label);
  const others = labels.filter(({ value }) => value !== label);
  const alone = how === "clear" || how === "invert";
  return (
    <>
      <Select
        size="xs"
        allowDeselect={false}
        aria-label={t("room.command.combine")}
        value={how}
        onChange={(value) => value && setForm("combine", { how: value as Combination })}
        data={COMBINATIONS.map((value) => ({ value, label: t(`segment.combine.${value}`) }))}
        data-testid="combine-how"
      />
      {alone ? null : (
        <Select
          size="xs"
          allowDeselect={false}
          aria-label={t("segment.combine.other")}
          placeholder={t("segment.combine.other")}
          value={others.some(({ value }) => value === other) ? String(other) : null}
          onChange={(value) => value && setForm("combine", { other: Number(value) })}
          data={others.map(({ value, name }) => ({ value: String(value), label: name }))}
          data-testid="combine-other"
        />
      )}
    </>
  );
}

function SeedsForm() {
  const { t } = useTranslation();
  const { rim, marginMm } = useSegment((state) => state.forms.seeds);
  return (
    <>
      <Switch
        size="xs"
        label={t("segment.seeds.rim")}
        checked={rim}
        onChange={(event) => setForm("seeds", { rim: event.currentTarget.checked })}
        data-testid="seeds-rim"
      />
      <NumberField
        label={t("segment.seeds.margin")}
        unit="mm"
        value={marginMm}
        min={1}
        max={200}
        testId="seeds-margin"
        onChange={(value) => setForm("seeds", { marginMm: value })}
      />
      <Hint>{t("segment.seeds.hint")}</Hint>
    </>
  );
}
