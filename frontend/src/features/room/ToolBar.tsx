import { ActionIcon, Divider, Menu, SegmentedControl, Select, Slider, Text, Tooltip } from "@mantine/core";
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconArrowsMaximize,
  IconArrowsMove,
  IconBrush,
  IconChevronDown,
  IconCircle,
  IconContrast2,
  IconCrosshair,
  IconEraser,
  IconFlipVertical,
  IconHistory,
  IconLayoutSidebarLeftCollapse,
  IconLayoutSidebarLeftExpand,
  IconLayoutSidebarRightCollapse,
  IconLayoutSidebarRightExpand,
  IconRefresh,
  IconRotateClockwise,
  IconRuler2,
  IconSphere,
  IconZoomIn,
  IconCircleHalf2,
  type Icon,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { presetsFor, toCenterWidth, type Layout, type Tool } from "@/imaging";

import { run, setBrush, setPreset, setTool, toggleLayout } from "./commands";
import { shownKey, type Command } from "./hotkeys";
import styles from "./room.module.css";
import type { ReadingDetail, RoomSession } from "./session";
import { useRoom } from "./store";

interface Props {
  reading: ReadingDetail;
  session: RoomSession | null;
}

interface ToolButtonProps {
  command: Command;
  icon: Icon;
  testId: string;
  active?: boolean;
  disabled?: boolean;
  onClick: () => void;
}

function ToolButton({ command, icon: IconOf, testId, active, disabled = false, onClick }: ToolButtonProps) {
  const { t } = useTranslation();
  const name = t(`room.command.${command}`);
  return (
    <Tooltip label={`${name} (${shownKey(command)})`}>
      <ActionIcon
        size={36}
        variant={active ? "light" : "subtle"}
        color={active ? "accent" : "gray"}
        aria-label={name}
        {...(active === undefined ? {} : { "aria-pressed": active })}
        disabled={disabled}
        data-testid={testId}
        onClick={onClick}
      >
        <IconOf size={20} stroke={1.5} />
      </ActionIcon>
    </Tooltip>
  );
}

const VIEW_TOOLS: readonly (readonly [Tool & Command, Icon])[] = [
  ["window", IconContrast2],
  ["crosshair", IconCrosshair],
  ["pan", IconArrowsMove],
  ["zoom", IconZoomIn],
];

const MARK_TOOLS: readonly (readonly [Tool & Command, Icon])[] = [
  ["brush", IconBrush],
  ["eraser", IconEraser],
  ["length", IconRuler2],
];

/** Tools, the look of the images, and the way back. */
export function ToolBar({ reading, session }: Props) {
  const tool = useRoom((state) => state.tool);
  const mayEdit = useRoom((state) => state.mayEdit);
  const scaled = useRoom((state) => state.scaled);
  const canUndo = useRoom((state) => state.canUndo && state.mayEdit);
  const canRedo = useRoom((state) => state.canRedo && state.mayEdit);
  const stripOpen = useRoom((state) => state.stripOpen);
  const panelOpen = useRoom((state) => state.panelOpen);
  const viewer = session?.viewer;
  const act = (command: Command) => () =>
    session && run(session, command, 0, { nextCase: () => undefined, focusForm: () => undefined });
  return (
    <div className={styles["tools"]} role="toolbar">
      <ToolButton
        command="strip"
        icon={stripOpen ? IconLayoutSidebarLeftCollapse : IconLayoutSidebarLeftExpand}
        testId="toggle-strip"
        onClick={act("strip")}
      />
      <Divider orientation="vertical" my={8} mx={4} />
      {VIEW_TOOLS.map(([name, icon]) => (
        <ToolButton
          key={name}
          command={name}
          icon={icon}
          testId={`tool-${name}`}
          active={tool === name}
          onClick={() => session && setTool(session, name)}
        />
      ))}
      <Divider orientation="vertical" my={8} mx={4} />
      {MARK_TOOLS.map(([name, icon]) => (
        <ToolButton
          key={name}
          command={name}
          icon={icon}
          testId={`tool-${name}`}
          active={tool === name}
          disabled={!mayEdit || (name === "length" && !scaled)}
          onClick={() => session && setTool(session, name)}
        />
      ))}
      <BrushControls session={session} />
      <Divider orientation="vertical" my={8} mx={4} />
      <WindowMenu reading={reading} session={session} />
      <ToolButton command="invert" icon={IconCircleHalf2} testId="invert" onClick={act("invert")} />
      <ToolButton command="fit" icon={IconArrowsMaximize} testId="fit" onClick={act("fit")} />
      <ToolButton command="rotate" icon={IconRotateClockwise} testId="rotate" onClick={act("rotate")} />
      <ToolButton command="flip" icon={IconFlipVertical} testId="flip" onClick={act("flip")} />
      <ToolButton command="reset" icon={IconRefresh} testId="reset" onClick={act("reset")} />
      <Divider orientation="vertical" my={8} mx={4} />
      <LayoutSwitch />
      <TimePoints reading={reading} session={session} />
      <div className={styles["toolsEnd"]}>
        <ToolButton
          command="undo"
          icon={IconArrowBackUp}
          testId="undo"
          disabled={!canUndo}
          onClick={() => viewer?.undo()}
        />
        <ToolButton
          command="redo"
          icon={IconArrowForwardUp}
          testId="redo"
          disabled={!canRedo}
          onClick={() => viewer?.redo()}
        />
        <ToolButton command="history" icon={IconHistory} testId="history" onClick={act("history")} />
        <Divider orientation="vertical" my={8} mx={4} />
        <ToolButton
          command="panel"
          icon={panelOpen ? IconLayoutSidebarRightCollapse : IconLayoutSidebarRightExpand}
          testId="toggle-panel"
          onClick={act("panel")}
        />
      </div>
    </div>
  );
}

function BrushControls({ session }: { session: RoomSession | null }) {
  const { t } = useTranslation();
  const radiusMm = useRoom((state) => state.radiusMm);
  const sphere = useRoom((state) => state.sphere);
  const disabled = useRoom((state) => !state.mayEdit);
  const regular = useRoom((state) => state.regular);
  const unit = useRoom((state) => (state.scaled ? "mm" : "px"));
  return (
    <div className={styles["brush"]}>
      <ToolButton
        command="sphere"
        icon={sphere ? IconSphere : IconCircle}
        testId="tool-sphere"
        active={sphere && regular}
        disabled={disabled || !regular}
        onClick={() => session && setBrush(session, { sphere: !sphere })}
      />
      <Tooltip label={`${t("room.radius")} ([ ])`}>
        <Slider
          w={72}
          size={3}
          min={0.5}
          max={50}
          step={0.5}
          scale={(value) => value}
          label={null}
          thumbSize={12}
          value={radiusMm}
          disabled={disabled}
          onChange={(value) => session && setBrush(session, { radiusMm: value })}
          thumbLabel={t("room.radius")}
          data-testid="brush-radius"
        />
      </Tooltip>
      <Text size="xs" className="fid-figure" w={52} data-testid="brush-radius-value">
        {radiusMm} {unit}
      </Text>
    </div>
  );
}

function WindowMenu({ reading, session }: Props) {
  const { t } = useTranslation();
  const range = useRoom((state) => state.window);
  const seriesUid = useRoom((state) => state.seriesUid);
  const modality = reading.series.find((series) => series.series_uid === seriesUid)?.modality ?? "";
  const { center, width } = toCenterWidth(range);
  const presets = presetsFor(modality);
  return (
    <Menu position="bottom-start" offset={4} width={220}>
      <Menu.Target>
        <button
          type="button"
          className={styles["windowButton"]}
          data-testid="window-menu"
          aria-label={t("room.windowMenu")}
        >
          <span>
            W {Math.round(width)} · L {Math.round(center)}
          </span>
          <IconChevronDown size={14} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {presets.map((preset) => (
          <Menu.Item
            key={preset.name}
            onClick={() => session && setPreset(session, modality, preset.name)}
            rightSection={
              <Text size="xs" c="dimmed" className="fid-figure">
                {preset.width} / {preset.center}
              </Text>
            }
            data-testid={`window-${preset.name}`}
          >
            {t(`room.preset.${preset.name}`)}
          </Menu.Item>
        ))}
        <Menu.Item onClick={() => session?.viewer?.resetWindow()} data-testid="window-reset">
          {t(presets.length > 0 ? "room.preset.reset" : "room.preset.full")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function LayoutSwitch() {
  const { t } = useTranslation();
  const layout = useRoom((state) => state.layout);
  const regular = useRoom((state) => state.regular);
  const reasons = useRoom((state) => state.reasons);
  const why = reasons.map((reason) => t(`room.reason.${reason}`, { defaultValue: reason })).join(" ");
  return (
    <Tooltip label={regular ? `${t("room.command.layout")} (${shownKey("layout")})` : why}>
      <SegmentedControl
        size="xs"
        className={styles["layout"]}
        value={layout}
        onChange={(value) => value !== layout && toggleLayout()}
        data={(["stack", "mpr"] satisfies Layout[]).map((value) => ({
          value,
          label: <span data-testid={`layout-${value}`}>{t(`room.layout.${value}`)}</span>,
          disabled: value === "mpr" && !regular,
        }))}
      />
    </Tooltip>
  );
}

/** Time points or echoes of a series with several volumes. */
function TimePoints({ reading, session }: Props) {
  const { t } = useTranslation();
  const seriesUid = useRoom((state) => state.seriesUid);
  const index = useRoom((state) => state.volumeIndex);
  const volumes = reading.series.find((series) => series.series_uid === seriesUid)?.volumes ?? [];
  if (volumes.length < 2) {
    return null;
  }
  return (
    <Select
      size="xs"
      w={118}
      ml={8}
      allowDeselect={false}
      aria-label={t("room.timePoints")}
      value={String(index)}
      onChange={(value) => value !== null && void session?.openSeries(seriesUid, Number(value))}
      data={volumes.map((volume, position) => ({
        value: String(volume.index),
        label: t("room.timePoint", { number: position + 1, total: volumes.length }),
      }))}
      data-testid="time-point"
    />
  );
}
