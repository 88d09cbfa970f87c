import { ActionIcon, Menu, SegmentedControl, Slider, Text, Tooltip } from "@mantine/core";
import {
  IconDotsVertical,
  IconListSearch,
  IconMaximize,
  IconMinimize,
  IconPlayerPlay,
  IconPlayerStop,
  IconTextCaption,
} from "@tabler/icons-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";

import { COLOUR_MAPS, type ColourMap, type PaneSpec, type SlabMode } from "@/imaging";

import { playCine, stopCine } from "./cine";
import { shownKey, useOwnKeys, withKey } from "./hotkeys";
import { MenuPart, MixedDropdown } from "./MixedMenu";
import styles from "./room.module.css";
import { seriesIn, seriesOf } from "./series";
import type { RoomSession } from "./session";
import { useRoom } from "./store";
import { TrueSizeItems } from "./TrueSize";
import { layoutNow, setBlend, setColours, setSlab, showSeries, toggleMaximised } from "./viewCommands";

interface Props {
  spec: PaneSpec;
  session: RoomSession;
}

/** What can be set for one pane: its series, slab, blend and colours, and its size. */
export const PaneMenu = memo(function PaneMenu({ spec, session }: Props) {
  const { t } = useTranslation();
  useOwnKeys(); // tooltips and items name keys
  const alone = useRoom((state) => state.maximised === spec.id);
  const several = layoutNow().panes.length > 1 || alone;
  const Size = alone ? IconMinimize : IconMaximize;
  const plane = spec.kind !== "stack" && spec.kind !== "volume";
  return (
    <Menu position="bottom-start" offset={2} width={264} closeOnItemClick withinPortal withInitialFocusPlaceholder>
      <Menu.Target>
        <Tooltip label={withKey(t("view.paneMenu"), "paneMenu")}>
          <ActionIcon
            className={styles["paneMenu"]}
            size={22}
            variant="subtle"
            color="gray"
            aria-label={t("view.paneMenu")}
            data-testid={`pane-menu-${spec.id}`}
          >
            <IconDotsVertical size={14} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <MixedDropdown label={t("view.paneMenu")}>
        <MenuPart label={t("view.paneMenu")}>
          {several ? (
            <Menu.Item
              leftSection={<Size size={15} />}
              rightSection={<kbd>{shownKey("maximise")}</kbd>}
              onClick={() => toggleMaximised(spec.id)}
              data-testid={`maximise-${spec.id}`}
            >
              {t(alone ? "view.restore" : "view.maximise")}
            </Menu.Item>
          ) : null}
          {spec.kind === "volume" ? null : <ViewItems spec={spec} session={session} />}
          {spec.kind === "volume" ? null : <TrueSizeItems spec={spec} session={session} />}
        </MenuPart>
        {plane ? <SlabControls spec={spec} session={session} /> : null}
        {spec.fusion ? <BlendControls session={session} /> : null}
        {spec.kind === "volume" ? null : <ColourItems spec={spec} session={session} />}
        <SeriesItems spec={spec} session={session} />
      </MixedDropdown>
    </Menu>
  );
});

/** Cine, attributes, and what is written over the images. */
function ViewItems({ spec, session }: Props) {
  const { t } = useTranslation();
  const playing = useRoom((state) => state.cine?.pane === spec.id);
  const several = useRoom((state) => (state.views[spec.id]?.sliceCount ?? 0) > 1);
  const overlay = useRoom((state) => state.overlay);
  return (
    <>
      {several ? (
        <Menu.Item
          leftSection={playing ? <IconPlayerStop size={15} /> : <IconPlayerPlay size={15} />}
          rightSection={<kbd>{shownKey("cine")}</kbd>}
          onClick={() => (playing ? stopCine() : playCine(session, spec.id))}
          data-testid={`play-${spec.id}`}
        >
          {t(playing ? "view.cine.stop" : "view.cine.play")}
        </Menu.Item>
      ) : null}
      <Menu.Item
        leftSection={<IconListSearch size={15} />}
        rightSection={<kbd>{shownKey("tags")}</kbd>}
        onClick={() => useRoom.setState({ tagsOf: spec.id })}
        data-testid={`tags-${spec.id}`}
      >
        {t("view.tags.title")}
      </Menu.Item>
      <Menu.Item
        leftSection={<IconTextCaption size={15} />}
        rightSection={<kbd>{shownKey("overlay")}</kbd>}
        onClick={() => useRoom.setState({ overlayOpen: true })}
        data-testid={`overlay-${spec.id}`}
      >
        {t("view.overlay.title")}: {t(`view.overlay.${overlay}`)}
      </Menu.Item>
    </>
  );
}

const MODES: readonly SlabMode[] = ["max", "min", "average"];
const THINNEST_MM = 0;
const THICKEST_MM = 60;

/** Thickness of the slab that a plane shows, and how its voxels become one. */
function SlabControls({ spec, session }: Props) {
  const { t } = useTranslation();
  const slab = useRoom((state) => state.slabs[spec.id]) ?? { mm: 0, mode: "max" as const };
  return (
    <>
      <Menu.Label>{t("view.slab.title")}</Menu.Label>
      <div className={styles["menuBox"]}>
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label={t("view.slab.title")}
          value={slab.mode}
          onChange={(mode) => setSlab(session, [spec.id], { ...slab, mode: mode as SlabMode })}
          data={MODES.map((mode) => ({
            value: mode,
            label: <span data-testid={`slab-${mode}`}>{t(`view.slab.${mode}`)}</span>,
          }))}
        />
        <div className={styles["menuRow"]}>
          <Slider
            flex={1}
            size={3}
            min={THINNEST_MM}
            max={THICKEST_MM}
            step={1}
            label={null}
            thumbSize={12}
            value={slab.mm}
            onChange={(mm) => setSlab(session, [spec.id], { ...slab, mm })}
            thumbLabel={t("view.slab.title")}
            data-testid={`slab-mm-${spec.id}`}
          />
          <Text size="xs" className="fid-figure" w={44} ta="right">
            {slab.mm > 0 ? `${slab.mm} mm` : t("view.slab.off")}
          </Text>
        </div>
      </div>
    </>
  );
}

/** How much of the volume on top is seen. */
function BlendControls({ session }: { session: RoomSession }) {
  const { t } = useTranslation();
  const blend = useRoom((state) => state.blend);
  return (
    <>
      <Menu.Label>{t("view.blend")}</Menu.Label>
      <div className={styles["menuBox"]}>
        <div className={styles["menuRow"]}>
          <Slider
            flex={1}
            size={3}
            min={0}
            max={100}
            label={null}
            thumbSize={12}
            value={Math.round(blend * 100)}
            onChange={(percent) => setBlend(session, percent / 100)}
            thumbLabel={t("view.blend")}
            data-testid="blend"
          />
          <Text size="xs" className="fid-figure" w={44} ta="right">
            {Math.round(blend * 100)} %
          </Text>
        </div>
      </div>
    </>
  );
}

/** Colours of the pane's own series, or of the one on top. */
function ColourItems({ spec, session }: Props) {
  const { t } = useTranslation();
  const slot = spec.fusion?.slot ?? spec.slot;
  const now = useRoom((state) =>
    spec.fusion ? (state.fusedColours ?? spec.fusion.colours) : (state.looks[slot]?.colours ?? "grey"),
  );
  return (
    <>
      <Menu.Label>{t("view.colours.title")}</Menu.Label>
      <div className={styles["menuBox"]}>
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label={t("view.colours.title")}
          value={now}
          onChange={(colours) => setColours(session, spec, colours as ColourMap)}
          data={COLOUR_MAPS.map((colours) => ({
            value: colours,
            label: <span data-testid={`colours-${colours}`}>{t(`view.colours.${colours}`)}</span>,
          }))}
        />
      </div>
    </>
  );
}

/** The series of the case, to be shown in this pane. */
function SeriesItems({ spec, session }: Props) {
  const { t } = useTranslation();
  const shown = useRoom((state) => seriesIn(state, spec.slot));
  const rows = spec.slot === "main" ? session.reading.series : seriesOf(session.reading); // priors are never marked
  return (
    <MenuPart label={t("view.series")}>
      <Menu.Label>{t("view.series")}</Menu.Label>
      {rows.map((series, index) => (
        <Menu.Item
          key={series.series_uid}
          disabled={series.series_uid === shown}
          onClick={() => showSeries(session, spec.slot, series.series_uid)}
          data-testid={`show-series-${index + 1}`}
        >
          <Text size="xs" truncate>
            {[series.modality, series.description || t("room.noDescription")].join(" · ")}
          </Text>
        </Menu.Item>
      ))}
    </MenuPart>
  );
}
