import { ActionIcon, Divider, Slider, Text, Tooltip } from "@mantine/core";
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconArrowsMaximize,
  IconArrowsMove,
  IconBrush,
  IconCircle,
  IconContrast2,
  IconCrosshair,
  IconEraser,
  IconFlipVertical,
  IconFileExport,
  IconHistory,
  IconLayoutSidebarLeftCollapse,
  IconLayoutSidebarLeftExpand,
  IconLayoutSidebarRightCollapse,
  IconLayoutSidebarRightExpand,
  IconRefresh,
  IconRotateClockwise,
  IconSphere,
  IconZoomIn,
  IconZoomScan,
  IconCircleHalf2,
  type Icon,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Tool } from "@/imaging";

import { run, setBrush, setTool } from "./commands";
import { shownKey, withKey, type Command } from "./hotkeys";
import { LayoutMenu } from "./LayoutMenu";
import { MeasureMenu } from "./MeasureMenu";
import styles from "./room.module.css";
import type { ReadingDetail, RoomSession } from "./session";
import { useRoom } from "./store";
import { SolidButton } from "./SolidBar";
import { WindowMenu } from "./WindowMenu";

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
    <Tooltip label={withKey(name, command)}>
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
  ["magnify", IconZoomScan],
  ["pan", IconArrowsMove],
  ["zoom", IconZoomIn],
];

const MARK_TOOLS: readonly (readonly [Tool & Command, Icon])[] = [
  ["brush", IconBrush],
  ["eraser", IconEraser],
];

/** Tools, the look of the images, and the way back. */
export function ToolBar({ reading, session }: Props) {
  const { t } = useTranslation();
  const tool = useRoom((state) => state.tool);
  const mayEdit = useRoom((state) => state.mayEdit);
  const canUndo = useRoom((state) => state.canUndo && state.mayEdit);
  const canRedo = useRoom((state) => state.canRedo && state.mayEdit);
  const stripOpen = useRoom((state) => state.stripOpen);
  const panelOpen = useRoom((state) => state.panelOpen);
  const layout = useRoom((state) => state.layout);
  const regular = useRoom((state) => state.regular);
  const viewer = session?.viewer;
  const act = (command: Command) => () =>
    session && run(session, command, 0, { nextCase: () => undefined, focusForm: () => undefined });
  return (
    <div className={styles["tools"]} role="toolbar" aria-label={t("room.tools")} data-region>
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
          disabled={!mayEdit}
          onClick={() => session && setTool(session, name)}
        />
      ))}
      <MeasureMenu session={session} />
      <BrushControls session={session} />
      <Divider orientation="vertical" my={8} mx={4} />
      <WindowMenu reading={reading} session={session} />
      <ToolButton command="invert" icon={IconCircleHalf2} testId="invert" onClick={act("invert")} />
      <ToolButton command="fit" icon={IconArrowsMaximize} testId="fit" onClick={act("fit")} />
      <ToolButton command="rotate" icon={IconRotateClockwise} testId="rotate" onClick={act("rotate")} />
      <ToolButton command="flip" icon={IconFlipVertical} testId="flip" onClick={act("flip")} />
      <ToolButton command="reset" icon={IconRefresh} testId="reset" onClick={act("reset")} />
      <Divider orientation="vertical" my={8} mx={4} />
      <LayoutMenu session={session} />
      <SolidButton active={layout === "mpr3d"} disabled={!regular} onClick={act("solid")} />
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
        <ToolButton command="files" icon={IconFileExport} testId="files" onClick={act("files")} />
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
  const keys = [shownKey("smaller"), shownKey("larger")].filter(Boolean).join(" · ");
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
      <Tooltip label={keys ? `${t("room.radius")} (${keys})` : t("room.radius")}>
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
