import { Button, Group, Modal, Select, Stack, Switch, Table, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";

import { addNode, changeNode, listNodes, removeNode, type Node } from "@/shared/api/archive";
import { client, take } from "@/shared/api/client";
import { ConfirmButton } from "@/shared/ui/ConfirmButton";
import { ErrorBox } from "@/shared/ui/ErrorBox";
import { Loaded } from "@/shared/ui/Loaded";
import { Panel } from "@/shared/ui/Panel";
import { useAction } from "@/shared/ui/useAction";

const stale = ["dicom-nodes"];

function useProjects() {
  return useQuery({ queryKey: ["projects"], queryFn: () => take(client.GET("/api/projects")) }).data ?? [];
}

function NewNode({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [title, setTitle] = useState("");
  const [host, setHost] = useState("");
  const [description, setDescription] = useState("");
  const [team, setTeam] = useState<string | null>(null);
  const projects = useProjects();
  const add = useAction({
    run: () => addNode({ ae_title: title.trim(), host: host.trim(), description: description.trim(), team }),
    stale,
    onDone: onClose,
    quiet: true,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={t("storage.nodes.title")}
          value={title}
          maxLength={16}
          required
          data-autofocus
          onChange={(event) => setTitle(event.currentTarget.value)}
          data-testid="node-title"
        />
        <TextInput
          label={t("storage.nodes.host")}
          description={t("storage.nodes.hostHint")}
          value={host}
          onChange={(event) => setHost(event.currentTarget.value)}
          data-testid="node-host"
        />
        <TextInput
          label={t("common.description")}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
          data-testid="node-description"
        />
        <Select
          label={t("storage.nodes.project")}
          description={t("storage.nodes.projectHint")}
          data={projects.map((project) => ({ value: project.team, label: project.name }))}
          value={team}
          onChange={setTeam}
          clearable
          data-testid="node-project"
        />
        {add.isError ? <ErrorBox error={add.error} /> : null}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" disabled={!title.trim()} loading={add.isPending} data-testid="node-add-confirm">
            {t("common.add")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function NodeRow({ node }: { node: Node }) {
  const { t } = useTranslation();
  const project = useProjects().find(({ team }) => team === node.team);
  const enable = useAction({ run: (enabled: boolean) => changeNode(node.id, { enabled }), stale });
  const remove = useAction({ run: () => removeNode(node.id), stale });
  return (
    <Table.Tr data-testid="node-row">
      <Table.Td className="fid-mono">{node.ae_title}</Table.Td>
      <Table.Td>{node.host || t("storage.nodes.anyHost")}</Table.Td>
      <Table.Td>{node.description}</Table.Td>
      <Table.Td>{project?.name ?? "–"}</Table.Td>
      <Table.Td>
        <Switch
          checked={node.enabled ?? true}
          disabled={enable.isPending}
          onChange={(event) => enable.mutate(event.currentTarget.checked)}
          aria-label={t("storage.nodes.enabled")}
          data-testid="node-enabled"
        />
      </Table.Td>
      <Table.Td ta="right">
        <ConfirmButton
          size="xs"
          title={t("storage.nodes.removeTitle", { title: node.ae_title })}
          text={t("storage.nodes.removeText")}
          confirm={t("common.remove")}
          danger
          onConfirm={() => remove.mutate()}
          testId="node-remove"
        >
          {t("common.remove")}
        </ConfirmButton>
      </Table.Td>
    </Table.Tr>
  );
}

/** Machines that may send images by DICOM. */
export function NodesPanel() {
  const { t } = useTranslation();
  const [opened, dialog] = useDisclosure(false);
  const nodes = useQuery({ queryKey: ["dicom-nodes"], queryFn: listNodes });
  return (
    <Panel
      title={t("storage.nodes.heading")}
      flush
      actions={
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={dialog.open}
          data-testid="node-add"
        >
          {t("common.add")}
        </Button>
      }
      testId="nodes"
    >
      <Loaded query={nodes} rows={2}>
        {(rows) =>
          rows.length === 0 ? (
            <Text size="sm" c="dimmed" p="lg">
              {t("storage.nodes.empty")}
            </Text>
          ) : (
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t("storage.nodes.title")}</Table.Th>
                  <Table.Th>{t("storage.nodes.host")}</Table.Th>
                  <Table.Th>{t("common.description")}</Table.Th>
                  <Table.Th>{t("storage.nodes.project")}</Table.Th>
                  <Table.Th>{t("storage.nodes.enabled")}</Table.Th>
                  <Table.Th />
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows.map((node) => (
                  <NodeRow key={node.id} node={node} />
                ))}
              </Table.Tbody>
            </Table>
          )
        }
      </Loaded>
      <Modal opened={opened} onClose={dialog.close} title={t("storage.nodes.new")}>
        <NewNode onClose={dialog.close} />
      </Modal>
    </Panel>
  );
}
