import { Menu, Text, Tooltip } from "@mantine/core";
import { IconCheck, IconChevronDown } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { LAYOUTS, LAYOUT_NAMES, needsVolume, type LayoutName, type LayoutSpec } from "@/imaging";

import { shownKey, withKey } from "./hotkeys";
import styles from "./room.module.css";
import { overlayOf, seriesOf } from "./series";
import type { RoomSession } from "./session";
import { useRoom } from "./store";
import { matchSeries, setLayout, setLinks } from "./viewCommands";

/** How the panes lie: a small picture. */
function LayoutPicture({ layout }: { layout: LayoutSpec }) {
  return (
    <span
      className={styles["layoutPicture"]}
      style={{
        gridTemplateColumns: layout.columns,
        gridTemplateRows: layout.rows,
        gridTemplateAreas: layout.areas.map((row) => `"${row}"`).join(" "),
      }}
    >
      {layout.panes.map((pane, index) => (
        <i key={pane.id} style={{ gridArea: "abcd"[index] }} />
      ))}
    </span>
  );
}

/** Choose a layout, and what ties its panes together. */
export function LayoutMenu({ session }: { session: RoomSession | null }) {
  const { t } = useTranslation();
  const layout = useRoom((state) => state.layout);
  const why = useWhyNot(session);
  return (
    <Menu position="bottom-start" offset={4} width={264}>
      <Menu.Target>
        <Tooltip label={withKey(t("view.layoutMenu"), "layoutMenu")}>
          <button
            type="button"
            className={styles["windowButton"]}
            style={{ minWidth: 0 }}
            aria-label={t("view.layoutMenu")}
            data-testid="layout-menu"
            data-layout={layout}
          >
            <LayoutPicture layout={LAYOUTS[layout]} />
            <IconChevronDown size={14} />
          </button>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {LAYOUT_NAMES.map((name) => (
          <Menu.Item
            key={name}
            leftSection={<LayoutPicture layout={LAYOUTS[name]} />}
            rightSection={name === layout ? <IconCheck size={14} /> : null}
            disabled={why(name) !== ""}
            onClick={() => session && setLayout(session, name)}
            data-testid={`layout-${name}`}
          >
            {t(`view.layout.${name}`)}
            {why(name) ? (
              <Text size="xs" c="dimmed">
                {why(name)}
              </Text>
            ) : null}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <LinkItems session={session} />
        <Menu.Divider />
        <Menu.Item onClick={() => useRoom.setState({ hangingOpen: true })} data-testid="hanging-open">
          {t("view.hanging.open")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Why a layout cannot be had now, in words; empty where it can. */
function useWhyNot(session: RoomSession | null): (name: LayoutName) => string {
  const { t } = useTranslation();
  const regular = useRoom((state) => state.regular);
  const reasons = useRoom((state) => state.reasons);
  const seriesUid = useRoom((state) => state.seriesUid);
  const several = session ? seriesOf(session.reading).length > 1 : false;
  const volumeWhy = reasons.map((reason) => t(`room.reason.${reason}`, { defaultValue: reason })).join(" ");
  return (name) => {
    if (needsVolume(LAYOUTS[name]) && !regular) {
      return volumeWhy || t("room.noVolume");
    }
    if (name === "fusion" && !(session && overlayOf(session.reading, seriesUid))) {
      return t("view.noOverlay");
    }
    if (name === "priors" && !session?.reading.priors.length) {
      return t("view.noPrior");
    }
    return (name === "sideBySide" || name === "four") && !several ? t("view.oneSeries") : "";
  };
}

function LinkItems({ session }: { session: RoomSession | null }) {
  const { t } = useTranslation();
  const lines = useRoom((state) => state.lines);
  const linked = useRoom((state) => state.linked);
  const matched = useRoom((state) => state.matched);
  const check = (on: boolean) => (on ? <IconCheck size={14} /> : <span className={styles["noCheck"]} />);
  return (
    <>
      <Menu.Item
        leftSection={check(lines)}
        rightSection={<kbd>{shownKey("lines")}</kbd>}
        onClick={() => session && setLinks(session, { lines: !lines })}
        data-testid="lines"
      >
        {t("room.command.lines")}
      </Menu.Item>
      <Menu.Item
        leftSection={check(linked)}
        rightSection={<kbd>{shownKey("link")}</kbd>}
        onClick={() => session && setLinks(session, { linked: !linked })}
        data-testid="link"
      >
        {t("room.command.link")}
      </Menu.Item>
      <Menu.Item
        leftSection={check(matched)}
        disabled={!linked}
        onClick={() => session && matchSeries(session, !matched)}
        data-testid="match"
      >
        {t(matched ? "view.unmatch" : "view.match")}
      </Menu.Item>
      <Menu.Item
        leftSection={check(false)}
        onClick={() => session?.viewer?.views.straighten()}
        data-testid="straighten"
      >
        {t("view.straighten")}
      </Menu.Item>
    </>
  );
}
