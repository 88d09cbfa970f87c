import { ActionIcon, Button, Progress, Text, Tooltip } from "@mantine/core";
import {
  IconArrowAutofitHeight,
  IconBucketDroplet,
  IconCircleDashed,
  IconCircles,
  IconColorFilter,
  IconCopy,
  IconFocusCentered,
  IconLayersIntersect,
  IconMagnet,
  IconPointer,
  IconScissors,
  IconSeedling,
  IconStackMiddle,
  IconVectorSpline,
  IconWaveSine,
  type Icon,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Tool } from "@/imaging";

import { setTool } from "./commands";
import { withKey, type Command } from "./hotkeys";
import { OperationForm } from "./OperationForm";
import styles from "./room.module.css";
import { RulesForm } from "./RulesForm";
import { showOperation } from "./segmentCommands";
import { useSegment, type OperationName } from "./segmentStore";
import type { ReadingDetail, RoomSession } from "./session";
import { useRoom } from "./store";
import { ToolOptions } from "./ToolOptions";

const TOOLS: readonly (readonly [Tool & Command, Icon])[] = [
  ["threshold", IconColorFilter],
  ["scissors", IconScissors],
  ["contour", IconVectorSpline],
  ["livewire", IconMagnet],
  ["fill", IconBucketDroplet],
  ["island", IconFocusCentered],
  ["prompt", IconPointer],
];

const ICONS: Record<OperationName, Icon> = {
  interpolate: IconStackMiddle,
  islands: IconCircles,
  margin: IconArrowAutofitHeight,
  hollow: IconCircleDashed,
  smooth: IconWaveSine,
  combine: IconLayersIntersect,
  seeds: IconSeedling,
  copy: IconCopy,
};

interface Props {
  reading: ReadingDetail;
  session: RoomSession | null;
}

/** Tools and operations for marking: two rows of icons, and the options of the one that is chosen. */
export function SegmentPanel({ reading, session }: Props) {
  const { t } = useTranslation();
  const tool = useRoom((state) => state.tool);
  const mayEdit = useRoom((state) => state.mayEdit);
  const regular = useRoom((state) => state.regular);
  const operation = useSegment((state) => state.operation);
  if (!mayEdit) {
    return null;
  }
  return (
    <section className={styles["section"]} aria-label={t("segment.title")} data-testid="segment-panel">
      <div className={styles["sectionHead"]}>{t("segment.title")}</div>
      <div className={styles["segmentIcons"]} role="toolbar" aria-label={t("segment.tools")}>
        {TOOLS.map(([name, icon]) => (
          <PanelButton
            key={name}
            name={name}
            icon={icon}
            active={tool === name && operation === null}
            onClick={() => {
              useSegment.setState({ operation: null, refused: "" });
              if (session) {
                setTool(session, name);
              }
            }}
          />
        ))}
      </div>
      <div className={styles["segmentIcons"]} role="toolbar" aria-label={t("segment.operations")}>
        {(Object.entries(ICONS) as [OperationName, Icon][]).map(([name, icon]) => (
          <PanelButton
            key={name}
            name={name}
            icon={icon}
            active={operation === name}
            disabledBy={regular ? "" : t("segment.refused.noVolume")}
            onClick={() =>
              regular ? showOperation(name) : useSegment.setState({ operation: null, refused: "noVolume" })
            }
          />
        ))}
      </div>
      {operation ? (
        <OperationForm name={operation} reading={reading} session={session} />
      ) : (
        <ToolOptions tool={tool} session={session} />
      )}
      <RulesForm session={session} />
      <EditState session={session} />
    </section>
  );
}

interface PanelButtonProps {
  name: Command;
  icon: Icon;
  active: boolean;
  /** Why it cannot be used here; "" where it can. */
  disabledBy?: string;
  onClick: () => void;
}

function PanelButton({ name, icon: IconOf, active, disabledBy = "", onClick }: PanelButtonProps) {
  const { t } = useTranslation();
  const label = t(`room.command.${name}`);
  return (
    <Tooltip label={disabledBy ? `${label}: ${disabledBy}` : withKey(label, name)}>
      <ActionIcon
        size={32}
        variant={active ? "light" : "subtle"}
        color={active ? "accent" : "gray"}
        aria-label={label}
        aria-pressed={active}
        // Not `disabled`: such a button takes no pointer, and could not say why.
        data-disabled={disabledBy !== "" || undefined}
        aria-disabled={disabledBy !== ""}
        onClick={onClick}
        data-testid={`segment-${name}`}
      >
        <IconOf size={19} stroke={1.5} />
      </ActionIcon>
    </Tooltip>
  );
}

/** Progress with a way out, a preview with yes and no, or why nothing happened. One line, always there. */
function EditState({ session }: { session: RoomSession | null }) {
  const { t } = useTranslation();
  const status = useSegment((state) => state.status);
  const refused = useSegment((state) => state.refused);
  const editor = session?.viewer?.editor;
  return (
    <div className={styles["segmentState"]} role="status" data-testid="edit-state" data-busy={status !== null}>
      {status === null ? (
        <Text size="xs" c={refused ? "var(--fid-amber)" : "dimmed"} data-testid="edit-refused" data-code={refused}>
          {refused ? t(`segment.refused.${refused}`) : ""}
        </Text>
      ) : status.share === null ? (
        <>
          <Text size="xs" style={{ flex: 1 }}>
            {t("segment.preview")}
          </Text>
          <Button size="compact-xs" variant="default" onClick={() => editor?.cancel()} data-testid="edit-drop">
            {t("segment.drop")}
          </Button>
          <Button
            size="compact-xs"
            onClick={() => void session?.viewer?.attempt(Promise.resolve().then(() => editor?.accept()))}
            data-testid="edit-accept"
          >
            {t("segment.accept")}
          </Button>
        </>
      ) : (
        <>
          <Progress value={status.share * 100} size="sm" style={{ flex: 1 }} aria-label={t("segment.working")} />
          <Button size="compact-xs" variant="default" onClick={() => editor?.cancel()} data-testid="edit-cancel">
            {t("segment.cancel")}
          </Button>
        </>
      )}
    </div>
  );
}
