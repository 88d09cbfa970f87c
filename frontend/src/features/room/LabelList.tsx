import { ActionIcon, Slider, Tooltip } from "@mantine/core";
import { IconChevronDown, IconChevronRight, IconEye, IconEyeOff, IconLock, IconLockOpen2 } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { chooseLabel, setOpacity } from "./commands";
import { withKey } from "./hotkeys";
import { LabelDetails } from "./LabelDetails";
import styles from "./room.module.css";
import type { RoomSession } from "./session";
import { useRoom, type RoomLabel } from "./store";

/** Volume as people read it: mL where there is a grid, voxels otherwise. */
export function amountOf(voxels: number, voxelMl: number | null): { value: string; unit: "mL" | "px" } {
  if (voxelMl === null) {
    return { value: String(voxels), unit: "px" };
  }
  const ml = voxels * voxelMl;
  return { value: ml >= 100 ? ml.toFixed(0) : ml >= 1 || ml === 0 ? ml.toFixed(1) : ml.toFixed(2), unit: "mL" };
}

/** The protocol's labels: which one is drawn, how much there is, what is shown and what is locked. */
export function LabelList({ session }: { session: RoomSession | null }) {
  const { t } = useTranslation();
  const labels = useRoom((state) => state.labels);
  const opacity = useRoom((state) => state.opacity);
  return (
    <section className={styles["section"]} aria-label={t("room.labels")}>
      <div className={styles["sectionHead"]}>
        {t("room.labels")}
        <Tooltip label={t("room.opacity")}>
          <Slider
            w={88}
            size={3}
            thumbSize={12}
            min={0}
            max={1}
            step={0.05}
            label={null}
            value={opacity}
            onChange={(value) => session && setOpacity(session, value)}
            thumbLabel={t("room.opacity")}
            data-testid="opacity"
          />
        </Tooltip>
      </div>
      {labels.map((label, index) => (
        <LabelRow key={label.value} label={label} index={index} session={session} />
      ))}
    </section>
  );
}

function LabelRow({ label, index, session }: { label: RoomLabel; index: number; session: RoomSession | null }) {
  const { t } = useTranslation();
  const active = useRoom((state) => state.label === label.value);
  const change = (part: Partial<RoomLabel>) =>
    session?.setLabels(
      useRoom.getState().labels.map((other) => (other.value === label.value ? { ...other, ...part } : other)),
    );
  const see = t(label.visible ? "room.hide" : "room.show", { label: label.name });
  const [open, setOpen] = useState(false);
  const details = t(open ? "segment.label.less" : "segment.label.more", { label: label.name });
  const lock = t(label.locked ? "room.unlock" : "room.lock", { label: label.name });
  return (
    <>
      <div className={styles["labelRow"]} data-active={active} data-testid={`label-row-${index + 1}`}>
        <span className={styles["swatch"]} style={{ background: label.colour, opacity: label.visible ? 1 : 0.4 }}>
          {index < 9 ? index + 1 : ""}
        </span>
        <button
          type="button"
          className={styles["labelName"]}
          aria-pressed={active}
          onClick={() => session && chooseLabel(session, index + 1)}
          data-testid={`label-${index + 1}`}
        >
          {label.name}
        </button>
        <LabelAmount value={label.value} index={index} />
        <Tooltip label={active ? withKey(see, "hideLabel") : see}>
          <ActionIcon
            size={26}
            variant="subtle"
            color="gray"
            aria-label={see}
            aria-pressed={!label.visible}
            onClick={() => change({ visible: !label.visible })}
            data-testid={`label-visible-${index + 1}`}
          >
            {label.visible ? <IconEye size={15} stroke={1.6} /> : <IconEyeOff size={15} stroke={1.6} />}
          </ActionIcon>
        </Tooltip>
        <Tooltip label={active ? withKey(lock, "lockLabel") : lock}>
          <ActionIcon
            size={26}
            variant="subtle"
            color={label.locked ? "accent" : "gray"}
            aria-label={lock}
            aria-pressed={label.locked}
            onClick={() => change({ locked: !label.locked })}
            data-testid={`label-lock-${index + 1}`}
          >
            {label.locked ? (
              <IconLock size={15} stroke={1.6} />
            ) : (
              <IconLockOpen2 size={15} stroke={1.6} opacity={0.6} />
            )}
          </ActionIcon>
        </Tooltip>
        <ActionIcon
          size={20}
          variant="subtle"
          color="gray"
          aria-label={details}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          data-testid={`label-more-${index + 1}`}
        >
          {open ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
        </ActionIcon>
      </div>
      {open ? <LabelDetails label={label} session={session} onChange={change} /> : null}
    </>
  );
}

/** How much of a label there is: by itself, for it changes with every move of a hand that draws. */
function LabelAmount({ value, index }: { value: number; index: number }) {
  const voxels = useRoom((state) => state.counts.get(value) ?? 0);
  const voxelMl = useRoom((state) => state.voxelMl);
  const amount = amountOf(voxels, voxelMl);
  return (
    <span
      className="fid-figure"
      data-testid={`label-volume-${index + 1}`}
      data-voxels={voxels}
      style={{ fontSize: 12 }}
    >
      {amount.value} {amount.unit}
    </span>
  );
}
