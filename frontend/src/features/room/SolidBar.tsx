import { ActionIcon, Popover, RangeSlider, Slider, Text, Tooltip } from "@mantine/core";
import { IconBox, IconCrop, IconMask, IconRefresh } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { STANDARD_VIEWS, WHOLE, type CropBox, type SolidPreset, type SolidStatus } from "@/imaging";

import { withKey } from "./hotkeys";
import styles from "./room.module.css";
import type { RoomSession } from "./session";
import { useRoom } from "./store";

interface Props {
  name: string;
  session: RoomSession;
}

/** What can be set in a 3-D pane, at its lower edge; and why it is empty, where it is. */
export function SolidBar({ name, session }: Props) {
  const { t } = useTranslation();
  const status = useRoom((state) => state.solids[name]);
  if (!status) {
    return null;
  }
  if (status.trouble) {
    return (
      <p className={styles["paneEmpty"]} role="note" data-testid={`solid-trouble-${name}`}>
        {t(`view.solid.trouble.${status.trouble}`)}
      </p>
    );
  }
  const triangles = [...status.triangles].map(([label, count]) => `${label}:${count}`).join(" ");
  return (
    <>
      <span className={styles["solidNote"]} data-testid={`solid-note-${name}`}>
        <Note status={status} />
      </span>
      <div
        className={styles["solidBar"]}
        role="toolbar"
        aria-label={t("view.solid.title")}
        data-testid={`solid-${name}`}
        data-busy={status.busy}
        data-triangles={triangles}
        data-direction={status.direction.map((part) => part.toFixed(3)).join(" ")}
      >
        <Views name={name} session={session} />
        <PresetChoice status={status} session={session} />
        <CropButton status={status} session={session} />
        <IconButton
          label={t("view.solid.surfaces")}
          pressed={status.settings.surfaces}
          testId="solid-surfaces"
          onClick={() => session.viewer?.solids.set(name, { surfaces: !status.settings.surfaces })}
        >
          <IconMask size={16} />
        </IconButton>
        <IconButton label={t("view.solid.reset")} testId="solid-reset" onClick={() => session.viewer?.solids.reset()}>
          <IconRefresh size={16} />
        </IconButton>
      </div>
    </>
  );
}

/** What is not exact in the picture. */
function Note({ status: { busy, reducedMm, surfaceStep } }: { status: SolidStatus }) {
  const { t } = useTranslation();
  const parts = [
    busy ? t("view.solid.busy") : "",
    reducedMm ? t("view.solid.reduced", { size: reducedMm.map((mm) => mm.toFixed(1)).join(" × ") }) : "",
    surfaceStep > 1 ? t("view.solid.coarse", { step: surfaceStep }) : "",
  ];
  return <>{parts.filter(Boolean).join(" · ")}</>;
}

interface ButtonProps {
  label: string;
  testId: string;
  pressed?: boolean;
  onClick: () => void;
  children: React.ReactNode;
}

function IconButton({ label, testId, pressed, onClick, children }: ButtonProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        size={24}
        variant={pressed ? "light" : "subtle"}
        color={pressed ? "accent" : "gray"}
        aria-label={label}
        {...(pressed === undefined ? {} : { "aria-pressed": pressed })}
        onClick={onClick}
        data-testid={testId}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

function Views({ name, session }: Props) {
  const { t } = useTranslation();
  return (
    <span className={styles["solidViews"]}>
      {STANDARD_VIEWS.map((view) => (
        <Tooltip key={view} label={t(`view.solid.from.${view}`)}>
          <button
            type="button"
            aria-label={t(`view.solid.from.${view}`)}
            onClick={() => session.viewer?.solids.standard(name, view)}
            data-testid={`solid-view-${view}`}
          >
            {view}
          </button>
        </Tooltip>
      ))}
    </span>
  );
}

interface StatusProps {
  status: SolidStatus;
  session: RoomSession;
}

function PresetChoice({ status, session }: StatusProps) {
  const { t } = useTranslation();
  return (
    <select
      value={status.settings.preset}
      aria-label={t("view.solid.preset")}
      onChange={(event) =>
        session.viewer?.solids.set(status.pane, { preset: event.currentTarget.value as SolidPreset })
      }
      data-testid="solid-preset"
    >
      {status.presets.map((preset) => (
        <option key={preset} value={preset}>
          {t(`view.solid.presets.${preset}`)}
        </option>
      ))}
    </select>
  );
}

const percent = (share: number) => Math.round(share * 100);

/** The box that is left of the volume, and a cut towards the viewer. */
function CropButton({ status, session }: StatusProps) {
  const { t } = useTranslation();
  const { crop, front } = status.settings;
  const cropped = front > 0 || crop.some(([low, high]) => low > 0 || high < 1);
  const set = (axis: number, [low, high]: readonly [number, number]) => {
    const next = crop.map((ends, at) => (at === axis ? [low / 100, high / 100] : ends));
    session.viewer?.solids.set(status.pane, { crop: next as unknown as CropBox });
  };
  return (
    <Popover position="top" width={260} withinPortal trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon
          size={24}
          variant={cropped ? "light" : "subtle"}
          color={cropped ? "accent" : "gray"}
          aria-label={t("view.solid.crop")}
          title={t("view.solid.crop")}
          data-testid="solid-crop"
        >
          <IconCrop size={16} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        {(["rl", "ap", "is"] as const).map((ends, axis) => (
          <div key={ends} className={styles["menuRow"]}>
            <Text size="xs" w={44}>
              {t(`view.solid.ends.${ends}`)}
            </Text>
            <RangeSlider
              flex={1}
              size={3}
              thumbSize={12}
              minRange={2}
              label={null}
              value={[percent(crop[axis]?.[0] ?? 0), percent(crop[axis]?.[1] ?? 1)]}
              onChange={(value) => set(axis, value)}
              thumbFromLabel={`${t(`view.solid.ends.${ends}`)} 1`}
              thumbToLabel={`${t(`view.solid.ends.${ends}`)} 2`}
              data-testid={`solid-crop-${ends}`}
            />
          </div>
        ))}
        <div className={styles["menuRow"]}>
          <Text size="xs" w={44}>
            {t("view.solid.front")}
          </Text>
          <Slider
            flex={1}
            size={3}
            thumbSize={12}
            max={95}
            label={null}
            value={percent(front)}
            onChange={(value) => session.viewer?.solids.set(status.pane, { front: value / 100 })}
            thumbLabel={t("view.solid.front")}
            data-testid="solid-front"
          />
        </div>
        <button
          type="button"
          className={styles["textButton"]}
          onClick={() => session.viewer?.solids.set(status.pane, { crop: WHOLE, front: 0 })}
          data-testid="solid-crop-reset"
        >
          {t("view.solid.whole")}
        </button>
      </Popover.Dropdown>
    </Popover>
  );
}

/** The button in the tool bar: a 3-D pane beside the planes, and back. */
export function SolidButton({
  active,
  disabled,
  onClick,
}: {
  active: boolean;
  disabled: boolean;
  onClick: () => void;
}) {
  const { t } = useTranslation();
  const name = t("room.command.solid");
  return (
    <Tooltip label={withKey(name, "solid")}>
      <ActionIcon
        size={36}
        variant={active ? "light" : "subtle"}
        color={active ? "accent" : "gray"}
        aria-label={name}
        aria-pressed={active}
        disabled={disabled}
        onClick={onClick}
        data-testid="tool-solid"
      >
        <IconBox size={20} stroke={1.5} />
      </ActionIcon>
    </Tooltip>
  );
}
