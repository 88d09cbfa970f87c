import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Tool } from "@/imaging";

import { ChoiceField, Hint, NumberField } from "./fields";
import { PromptOptions } from "./PromptOptions";
import styles from "./room.module.css";
import { setSettings } from "./segmentCommands";
import { useSegment } from "./segmentStore";
import type { RoomSession } from "./session";
import { useRoom } from "./store";

interface Props {
  session: RoomSession | null;
}

/** The options of the marking tool in hand; nothing for other tools. */
export function ToolOptions({ tool, session }: Props & { tool: Tool }) {
  const options: Partial<Record<Tool, typeof ThresholdOptions>> = {
    threshold: ThresholdOptions,
    scissors: ScissorsOptions,
    contour: ContourOptions,
    livewire: LivewireOptions,
    fill: FillOptions,
    island: IslandOptions,
    prompt: PromptOptions,
  };
  const Options = options[tool];
  return Options ? (
    <div className={styles["options"]} data-testid={`options-${tool}`}>
      <Options session={session} />
    </div>
  ) : null;
}

/** Unit of the grey values of the open series. */
export const useUnit = (): string => useSegment((state) => state.unit);
/** By how much a press of an arrow changes a grey level. */
export const useLevelStep = (): number => useSegment((state) => state.step);
/** Levels of any image fit: activities in Bq/mL go far. */
export const LARGEST_LEVEL = 1e9;

function ThresholdOptions({ session }: Props) {
  const { t } = useTranslation();
  const { dynamic, range, tolerance } = useSegment((state) => state.settings.threshold);
  const unit = useUnit();
  const step = useLevelStep();
  return (
    <>
      <ChoiceField
        label={t("room.command.threshold")}
        value={dynamic ? "dynamic" : "fixed"}
        options={(["dynamic", "fixed"] as const).map((value) => ({ value, label: t(`segment.threshold.${value}`) }))}
        testId="threshold-kind"
        onChange={(value) => setSettings(session, "threshold", { dynamic: value === "dynamic" })}
      />
      {dynamic ? (
        <NumberField
          label={t("segment.tolerance")}
          unit={unit}
          value={tolerance}
          min={0}
          max={LARGEST_LEVEL}
          step={step}
          testId="threshold-tolerance"
          onChange={(value) => setSettings(session, "threshold", { tolerance: value })}
        />
      ) : (
        <>
          <NumberField
            label={t("segment.from")}
            unit={unit}
            value={range.lower}
            min={-LARGEST_LEVEL}
            max={LARGEST_LEVEL}
            step={step}
            testId="threshold-lower"
            onChange={(lower) => setSettings(session, "threshold", { range: { ...range, lower } })}
          />
          <NumberField
            label={t("segment.to")}
            unit={unit}
            value={range.upper}
            min={-LARGEST_LEVEL}
            max={LARGEST_LEVEL}
            step={step}
            testId="threshold-upper"
            onChange={(upper) => setSettings(session, "threshold", { range: { ...range, upper } })}
          />
        </>
      )}
      <Hint>{t(dynamic ? "segment.threshold.dynamicHint" : "segment.threshold.fixedHint")}</Hint>
    </>
  );
}

function ScissorsOptions({ session }: Props) {
  const { t } = useTranslation();
  const { shape, mode, depth, slabMm } = useSegment((state) => state.settings.scissors);
  return (
    <>
      <ChoiceField
        label={t("segment.shape.title")}
        value={shape}
        options={(["free", "circle", "rectangle"] as const).map((value) => ({
          value,
          label: t(`segment.shape.${value}`),
        }))}
        testId="scissors-shape"
        onChange={(value) => setSettings(session, "scissors", { shape: value })}
      />
      <ChoiceField
        label={t("segment.mode.title")}
        value={mode}
        options={(["fill", "eraseInside", "eraseOutside"] as const).map((value) => ({
          value,
          label: t(`segment.mode.${value}`),
        }))}
        testId="scissors-mode"
        onChange={(value) => setSettings(session, "scissors", { mode: value })}
      />
      <ChoiceField
        label={t("segment.depth.title")}
        value={depth}
        options={(["slice", "slab", "volume"] as const).map((value) => ({ value, label: t(`segment.depth.${value}`) }))}
        testId="scissors-depth"
        onChange={(value) => setSettings(session, "scissors", { depth: value })}
      />
      {depth === "slab" ? (
        <NumberField
          label={t("segment.slab")}
          unit="mm"
          value={slabMm}
          min={0.5}
          max={1000}
          testId="scissors-slab"
          onChange={(value) => setSettings(session, "scissors", { slabMm: value })}
        />
      ) : null}
    </>
  );
}

function ContourOptions({ session }: Props) {
  const { t } = useTranslation();
  const curve = useSegment((state) => state.settings.contour.curve);
  return (
    <>
      <ChoiceField
        label={t("segment.curve.title")}
        value={curve === "livewire" ? "spline" : curve}
        options={(["spline", "polygon"] as const).map((value) => ({ value, label: t(`segment.curve.${value}`) }))}
        testId="contour-curve"
        onChange={(value) => setSettings(session, "contour", { curve: value })}
      />
      <ContourSteps session={session} />
    </>
  );
}

const LivewireOptions = ({ session }: Props) => <ContourSteps session={session} />;

/** Close, take back, make the mask: what Enter, Backspace and Escape do. */
function ContourSteps({ session }: Props) {
  const { t } = useTranslation();
  const { points, closed } = useSegment((state) => state.progress);
  return (
    <>
      <Hint>
        {t(points === 0 ? "segment.contour.begin" : closed ? "segment.contour.drag" : "segment.contour.close")}
      </Hint>
      <div className={styles["optionButtons"]}>
        <Button
          size="compact-xs"
          variant="default"
          disabled={points === 0}
          onClick={() => session?.viewer?.key("Escape")}
          data-testid="contour-drop"
        >
          {t("segment.drop")} (Esc)
        </Button>
        <Button
          size="compact-xs"
          disabled={points < 3}
          onClick={() => session?.viewer?.key("Enter")}
          data-testid="contour-next"
        >
          {t(closed ? "segment.contour.fill" : "segment.contour.closeNow")} (↵)
        </Button>
      </div>
    </>
  );
}

function FillOptions({ session }: Props) {
  const { t } = useTranslation();
  const { method, tolerance, factor, flat, reachMm } = useSegment((state) => state.settings.fill);
  const regular = useRoom((state) => state.regular);
  const lengthUnit = useRoom((state) => (state.scaled ? "mm" : "px"));
  const unit = useUnit();
  const step = useLevelStep();
  return (
    <>
      <ChoiceField
        label={t("segment.fill.method")}
        value={method}
        options={(["tolerance", "grow"] as const).map((value) => ({ value, label: t(`segment.fill.${value}`) }))}
        testId="fill-method"
        onChange={(value) => setSettings(session, "fill", { method: value })}
      />
      {regular ? (
        <ChoiceField
          label={t("segment.depth.title")}
          value={flat ? "flat" : "volume"}
          options={(["flat", "volume"] as const).map((value) => ({ value, label: t(`segment.fill.${value}`) }))}
          testId="fill-depth"
          onChange={(value) => setSettings(session, "fill", { flat: value === "flat" })}
        />
      ) : null}
      {method === "tolerance" ? (
        <NumberField
          label={t("segment.tolerance")}
          unit={unit}
          value={tolerance}
          min={0}
          max={LARGEST_LEVEL}
          step={step}
          testId="fill-tolerance"
          onChange={(value) => setSettings(session, "fill", { tolerance: value })}
        />
      ) : (
        <NumberField
          label={t("segment.fill.factor")}
          unit="SD"
          value={factor}
          min={0.5}
          max={10}
          step={0.5}
          testId="fill-factor"
          onChange={(value) => setSettings(session, "fill", { factor: value })}
        />
      )}
      <NumberField
        label={t("segment.fill.reach")}
        unit={lengthUnit}
        value={reachMm}
        min={5}
        max={500}
        step={5}
        testId="fill-reach"
        onChange={(value) => setSettings(session, "fill", { reachMm: value })}
      />
    </>
  );
}

function IslandOptions({ session }: Props) {
  const { t } = useTranslation();
  const island = useSegment((state) => state.settings.island);
  return (
    <>
      <ChoiceField
        label={t("room.command.island")}
        value={island}
        options={(["clicked", "others"] as const).map((value) => ({ value, label: t(`segment.island.${value}`) }))}
        testId="island-keep"
        onChange={(value) => setSettings(session, "island", value)}
      />
      <Hint>{t("segment.island.hint")}</Hint>
    </>
  );
}
