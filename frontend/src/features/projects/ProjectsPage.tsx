import { Anchor, Button, Group, Modal, Stack, Table, Text, Textarea, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconFolders, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";

import { client, take } from "@/shared/api/client";
import type { Project } from "@/shared/api/projects";
import { hasRoleAnywhere, sessionKey, useSession } from "@/shared/session/session";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorBox } from "@/shared/ui/ErrorBox";
import { Loaded } from "@/shared/ui/Loaded";
import { Page } from "@/shared/ui/Page";
import { Panel } from "@/shared/ui/Panel";
import { useAction } from "@/shared/ui/useAction";

import { ProjectStateMark } from "./ProjectStateMark";

function NewProject({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const create = useAction({
    run: () => take(client.POST("/api/projects", { body: { name, description } })),
    stale: ["projects", sessionKey[0]],
    onDone: (project) => void navigate(`/projects/${project.id}/set-up/data`),
    quiet: true,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={t("projects.name")}
          required
          data-autofocus
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-testid="project-name"
        />
        <Textarea
          label={t("projects.description")}
          autosize
          minRows={2}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
          data-testid="project-description"
        />
        {create.isError ? <ErrorBox error={create.error} /> : null}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" loading={create.isPending} data-testid="project-create">
            {t("common.create")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function ProjectTable({ projects }: { projects: readonly Project[] }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <Table highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t("projects.name")}</Table.Th>
          <Table.Th>{t("common.state")}</Table.Th>
          <Table.Th>{t("projects.yourRoles")}</Table.Th>
          <Table.Th ta="right">{t("projects.cases")}</Table.Th>
          <Table.Th ta="right">{t("projects.readings")}</Table.Th>
          <Table.Th ta="right">{t("projects.submitted")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {projects.map((project) => (
          <Table.Tr
            key={project.id}
            onClick={() => void navigate(`/projects/${project.id}`)}
            style={{ cursor: "pointer" }}
            data-testid="project-row"
            data-name={project.name}
          >
            <Table.Td maw={480}>
              <Anchor component={Link} to={`/projects/${project.id}`} onClick={(event) => event.stopPropagation()}>
                {project.name}
              </Anchor>
              <Text size="xs" c="dimmed" truncate>
                {project.description}
              </Text>
            </Table.Td>
            <Table.Td>
              <ProjectStateMark state={project.state} />
            </Table.Td>
            <Table.Td>{project.roles.map((role) => t(`common.role.${role}`)).join(", ")}</Table.Td>
            <Table.Td className="fid-figure">{project.counts.cases}</Table.Td>
            <Table.Td className="fid-figure">{project.counts.readings}</Table.Td>
            <Table.Td className="fid-figure">{project.counts.submitted}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

export default function ProjectsPage() {
  const { t } = useTranslation();
  const session = useSession();
  const [opened, dialog] = useDisclosure(false);
  const projects = useQuery({ queryKey: ["projects"], queryFn: () => take(client.GET("/api/projects")) });
  const mayCreate = hasRoleAnywhere(session.data, "manager");
  const newButton = (
    <Button leftSection={<IconPlus size={16} />} onClick={dialog.open} data-testid="project-new">
      {t("projects.new")}
    </Button>
  );
  return (
    <Page
      title={t("projects.title")}
      lead={t("projects.lead")}
      testId="projects-page"
      actions={mayCreate && projects.data?.length ? newButton : null}
    >
      <Panel flush>
        <Loaded query={projects}>
          {(rows) =>
            rows.length === 0 ? (
              <EmptyState
                icon={IconFolders}
                title={t("projects.empty")}
                text={t(mayCreate ? "projects.emptyText" : "projects.emptyReader")}
                action={mayCreate ? newButton : null}
              />
            ) : (
              <ProjectTable projects={rows} />
            )
          }
        </Loaded>
      </Panel>
      <Modal opened={opened} onClose={dialog.close} title={t("projects.new")}>
        <NewProject onClose={dialog.close} />
      </Modal>
    </Page>
  );
}
