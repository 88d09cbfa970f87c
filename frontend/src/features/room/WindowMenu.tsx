import { ActionIcon, Group, Menu, Text, TextInput, Tooltip } from "@mantine/core";
import { IconChevronDown, IconDeviceFloppy, IconTrash } from "@tabler/icons-react";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";

import { fileWindows, presetsFor, toCenterWidth, toRange, type Curve, type Range } from "@/imaging";

import { withKey } from "./hotkeys";
import { MenuPart, MixedDropdown } from "./MixedMenu";
import { forgetWindow, keepWindow, useOwnWindows } from "./ownWindows";
import styles from "./room.module.css";
import { seriesIn, seriesOf } from "./series";
import type { ReadingDetail, RoomSession } from "./session";
import { useRoom } from "./store";
import { activeSlot, keyPane } from "./viewCommands";

interface Props {
  reading: ReadingDetail;
  session: RoomSession | null;
}

const figure = (value: number) =>
  Math.abs(value) < 20 && !Number.isInteger(value) ? value.toFixed(1) : Math.round(value);

/** The window of the pane under the pointer: presets of its modality, of its file, and one's own. */
export function WindowMenu({ reading, session }: Props) {
  const { t } = useTranslation();
  const slot = useRoom(activeSlot);
  const range = useRoom((state) => state.looks[slot]?.window) ?? { lower: 0, upper: 1 };
  const spread = useRoom((state) => state.looks[slot]?.curve?.spread) ?? 1;
  const { center, width } = toCenterWidth(range);
  const now = `W ${figure(width / spread)} · L ${figure(center)}`;
  return (
    <Menu position="bottom-start" offset={4} width={248} withInitialFocusPlaceholder>
      <Menu.Target>
        <Tooltip label={withKey(t("room.windowMenu"), "windowMenu")}>
          <button
            type="button"
            className={styles["windowButton"]}
            data-testid="window-menu"
            aria-label={`${now}: ${t("room.windowMenu")}`}
          >
            <span>{now}</span>
            <IconChevronDown size={14} />
          </button>
        </Tooltip>
      </Menu.Target>
      <MixedDropdown label={t("room.windowMenu")}>
        <WindowItems reading={reading} session={session} now={range} />
      </MixedDropdown>
    </Menu>
  );
}

function WindowItems({ reading, session, now }: Props & { now: Range }) {
  const { t } = useTranslation();
  const slot = useRoom(activeSlot);
  const seriesUid = useRoom((state) => seriesIn(state, slot));
  const unit = useRoom((state) => state.views[keyPane(state)]?.unit ?? "");
  const own = useOwnWindows((state) => state.windows);
  const modality = seriesOf(reading).find((series) => series.series_uid === seriesUid)?.modality ?? "";
  const presets = presetsFor(modality, unit);
  const views = session?.viewer?.views;
  const frame = useRoom((state) => state.views[keyPane(state)]?.frame?.frame);
  const fromFile = views ? fileWindows(views.headerOf(keyPane()), frame) : [];
  const mine = own.filter((window) => window.modality === modality);
  const set = (range: Range, curve: Curve | null = null) => session?.viewer?.display.setWindow(range, slot, curve);
  return (
    <>
      <MenuPart label={t("room.windowMenu")}>
        {presets.map(({ name, center, width }) => (
          <Menu.Item
            key={name}
            onClick={() => set(toRange(center, width))}
            rightSection={<Figures range={toRange(center, width)} />}
            data-testid={`window-${name}`}
          >
            {t(`room.preset.${name}`)}
          </Menu.Item>
        ))}
        <Menu.Item onClick={() => session?.viewer?.display.resetWindow(slot)} data-testid="window-reset">
          {t(presets.length > 0 ? "room.preset.reset" : "room.preset.full")}
        </Menu.Item>
        {fromFile.length > 0 ? <Menu.Label>{t("view.windows.file")}</Menu.Label> : null}
        {fromFile.map(({ name, range, curve }, index) => (
          <Menu.Item
            key={`${name}${index}`}
            onClick={() => set(range, curve)}
            rightSection={<Figures range={range} spread={curve?.spread ?? 1} />}
            data-testid={`window-file-${index}`}
          >
            {name || t("view.windows.number", { number: index + 1 })}
          </Menu.Item>
        ))}
        <Menu.Label>{t("view.windows.own")}</Menu.Label>
        {mine.map((window) => (
          <Group key={window.name} gap={0} wrap="nowrap">
            <Menu.Item onClick={() => set(window.range)} rightSection={<Figures range={window.range} />} flex={1}>
              {window.name}
            </Menu.Item>
            <ActionIcon
              role="menuitem"
              variant="subtle"
              color="gray"
              aria-label={t("view.windows.forget", { name: window.name })}
              onClick={() => forgetWindow(window)}
            >
              <IconTrash size={14} />
            </ActionIcon>
          </Group>
        ))}
      </MenuPart>
      <KeepWindow modality={modality} now={now} />
    </>
  );
}

function Figures({ range, spread = 1 }: { range: Range; spread?: number }) {
  const { center, width } = toCenterWidth(range);
  return (
    <Text size="xs" c="dimmed" className="fid-figure">
      {figure(width / spread)} / {figure(center)}
    </Text>
  );
}

/** Name the window as it is now, and keep it. */
function KeepWindow({ modality, now }: { modality: string; now: Range }) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const keep = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim()) {
      keepWindow({ name: name.trim(), modality, range: now });
      setName("");
    }
  };
  return (
    <form onSubmit={keep} className={styles["menuBox"]}>
      <TextInput
        size="xs"
        placeholder={t("view.windows.keep")}
        aria-label={t("view.windows.keep")}
        value={name}
        maxLength={40}
        onChange={(event) => setName(event.currentTarget.value)}
        onKeyDown={(event) => event.stopPropagation()} // the menu would take letters for a search
        data-testid="window-name"
        rightSection={
          <ActionIcon
            type="submit"
            variant="subtle"
            color="gray"
            disabled={!name.trim()}
            aria-label={t("common.save")}
            data-testid="window-keep"
          >
            <IconDeviceFloppy size={15} />
          </ActionIcon>
        }
      />
    </form>
  );
}
