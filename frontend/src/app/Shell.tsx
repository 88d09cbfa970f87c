import { ActionIcon, AppShell, Box, Group, Image, NavLink, Text, Tooltip, useMantineColorScheme } from "@mantine/core";
import {
  IconBrain,
  IconClipboardList,
  IconDatabase,
  IconDatabaseImport,
  IconFileAlert,
  IconFolders,
  IconListCheck,
  IconMoon,
  IconPhotoScan,
  IconReportSearch,
  IconShieldLock,
  IconSun,
  IconUsers,
  type Icon,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link, Outlet, useLocation } from "react-router";

import { UploadMark } from "@/features/intake/UploadMark";
import { JobsTray } from "@/features/jobs/JobsTray";
import { AccountMenu } from "@/features/session/AccountMenu";
import { LanguageMenu } from "@/features/session/LanguageMenu";
import { useConnection } from "@/shared/events/events";
import { hasRoleAnywhere, useSession, type Session } from "@/shared/session/session";
import { SkipLink } from "@/shared/ui/SkipLink";
import { Trouble } from "@/shared/ui/Trouble";

import { LeftBehind } from "./LeftBehind";
import { useRoomAhead } from "./Room";

interface Entry {
  to: string;
  key: string;
  icon: Icon;
  shown?: (session: Session | undefined) => boolean;
}

const staff = (session: Session | undefined) =>
  hasRoleAnywhere(session, "manager", "adjudicator", "engineer", "researcher");
const administrator = (session: Session | undefined) => session?.user?.is_administrator === true;

const entries: readonly Entry[] = [
  { to: "/worklist", key: "nav.worklist", icon: IconClipboardList },
  { to: "/projects", key: "nav.projects", icon: IconFolders },
  { to: "/studies", key: "nav.studies", icon: IconPhotoScan, shown: staff },
  { to: "/import", key: "nav.import", icon: IconDatabaseImport, shown: (s) => hasRoleAnywhere(s, "manager") },
  { to: "/set-aside", key: "nav.setAside", icon: IconFileAlert, shown: (s) => hasRoleAnywhere(s, "manager") },
  {
    to: "/deidentification",
    key: "nav.deidentification",
    icon: IconShieldLock,
    shown: (s) => hasRoleAnywhere(s, "manager"),
  },
  { to: "/models", key: "nav.models", icon: IconBrain, shown: staff },
  { to: "/jobs", key: "nav.jobs", icon: IconListCheck },
  { to: "/admin/users", key: "nav.users", icon: IconUsers, shown: administrator },
  { to: "/admin/storage", key: "nav.storage", icon: IconDatabase, shown: administrator },
  { to: "/admin/audit", key: "nav.audit", icon: IconReportSearch, shown: (s) => hasRoleAnywhere(s, "manager") },
];

function SchemeSwitch() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const dark = colorScheme !== "light";
  const name = t(dark ? "nav.schemeLight" : "nav.schemeDark");
  return (
    <Tooltip label={name}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        onClick={() => setColorScheme(dark ? "light" : "dark")}
        aria-label={name}
        data-testid="scheme-switch"
      >
        {dark ? <IconSun size={18} /> : <IconMoon size={18} />}
      </ActionIcon>
    </Tooltip>
  );
}

function ConnectionMark() {
  const { t } = useTranslation();
  const state = useConnection((connection) => connection.state);
  const lost = state === "lost";
  const text = t(lost ? "common.connection.lost" : "common.connection.live");
  return (
    <Tooltip label={text}>
      <Box
        role="status"
        aria-label={text}
        data-testid="connection-state"
        data-state={state}
        w={8}
        h={8}
        mx={8}
        bg={lost ? "var(--fid-amber)" : state === "live" ? "var(--fid-green)" : "var(--fid-mark)"}
        style={{ borderRadius: 8 }}
      />
    </Tooltip>
  );
}

function Navigation() {
  const { t } = useTranslation();
  const session = useSession();
  const { pathname } = useLocation();
  return (
    <nav aria-label={t("nav.main")}>
      {entries
        .filter((entry) => entry.shown?.(session.data) ?? true)
        .map(({ to, key, icon: IconOf }) => (
          <NavLink
            key={to}
            component={Link}
            to={to}
            label={t(key)}
            leftSection={<IconOf size={18} stroke={1.6} />}
            active={pathname === to || pathname.startsWith(`${to}/`)}
            variant="light"
            data-testid={`nav-${to.slice(1).replace("/", "-")}`}
            style={{ borderRadius: 4 }}
            h={36}
          />
        ))}
    </nav>
  );
}

/** The frame of every page outside the room: navigation at the left, jobs and account at the top. */
export function Shell() {
  const { t } = useTranslation();
  useRoomAhead(useLocation().pathname === "/worklist");
  return (
    <AppShell header={{ height: 48 }} navbar={{ width: 200, breakpoint: 0 }} transitionDuration={0}>
      <SkipLink to="content" />
      <AppShell.Header bg="var(--fid-panel)">
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Link to="/" style={{ textDecoration: "none", color: "inherit" }}>
            <Group gap={10} wrap="nowrap">
              <Image src="/fiducial.svg" w={28} h={28} alt="" />
              <Text fw={600} size="md">
                {t("common.appName")}
              </Text>
            </Group>
          </Link>
          <Group gap={4} wrap="nowrap">
            <UploadMark />
            <ConnectionMark />
            <JobsTray />
            <LanguageMenu />
            <SchemeSwitch />
            <AccountMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" bg="var(--fid-panel)">
        <Navigation />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <LeftBehind />
        <Outlet />
        <Trouble />
      </AppShell.Main>
    </AppShell>
  );
}
