import { Anchor, Box, Group, Tabs, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link, Outlet, useLocation, useNavigate, useParams } from "react-router";

import { projectQuery, type Project } from "@/shared/api/projects";
import { hasRole, useSession, type Session } from "@/shared/session/session";
import { Loaded } from "@/shared/ui/Loaded";
import { TitleContext } from "@/shared/ui/useTitle";

import { ProjectStateMark } from "./ProjectStateMark";

interface Tab {
  to: string;
  key: string;
  shown: (session: Session | undefined, team: string) => boolean;
}

const tabs: readonly Tab[] = [
  { to: "cases", key: "projects.tab.cases", shown: () => true },
  { to: "set-up", key: "projects.tab.setup", shown: (s, team) => hasRole(s, team, "manager") },
  { to: "progress", key: "projects.tab.progress", shown: (s, team) => hasRole(s, team, "manager") },
  { to: "learning", key: "projects.tab.learning", shown: (s, team) => hasRole(s, team, "manager", "engineer") },
  { to: "datasets", key: "projects.tab.datasets", shown: (s, team) => hasRole(s, team, "manager", "researcher") },
];

function ProjectFrame({ project }: { project: Project }) {
  const { t } = useTranslation();
  const session = useSession();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const open = pathname.split("/")[3] ?? "cases";
  return (
    <>
      <Box px="xl" pt="lg" bg="var(--fid-panel)" style={{ borderBottom: "1px solid var(--fid-line)" }}>
        <Box maw={1440 - 48} mx="auto">
          <Anchor component={Link} to="/projects" size="xs" c="dimmed">
            {t("projects.title")}
          </Anchor>
          <Group gap="md" mb={4}>
            <Title order={1} data-testid="project-title">
              {project.name}
            </Title>
            <ProjectStateMark state={project.state} />
            <Text size="sm" c="dimmed">
              {t("projects.counts", project.counts)}
            </Text>
          </Group>
          <Tabs value={open} onChange={(value) => void navigate(`/projects/${project.id}/${value ?? "cases"}`)}>
            <Tabs.List style={{ "--tabs-list-line-bottom": "0px" }}>
              {tabs
                .filter((tab) => tab.shown(session.data, project.team))
                .map((tab) => (
                  <Tabs.Tab key={tab.to} value={tab.to} data-testid={`tab-${tab.to}`}>
                    {t(tab.key)}
                  </Tabs.Tab>
                ))}
            </Tabs.List>
          </Tabs>
        </Box>
      </Box>
      <TitleContext value={project.name}>
        <Outlet />
      </TitleContext>
    </>
  );
}

export default function ProjectLayout() {
  const { projectId = "" } = useParams();
  const project = useQuery(projectQuery(projectId));
  return (
    <Box p={project.isError ? "xl" : 0}>
      <Loaded query={project}>{(data) => <ProjectFrame project={data} />}</Loaded>
    </Box>
  );
}
