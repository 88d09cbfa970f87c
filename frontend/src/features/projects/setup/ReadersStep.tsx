import { Button, Checkbox, Group, Select, Stack, Table, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconUsers } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { client, take } from "@/shared/api/client";
import { membersQuery, type Member, type Project } from "@/shared/api/projects";
import type { Role } from "@/shared/session/session";
import { ConfirmButton } from "@/shared/ui/ConfirmButton";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Loaded } from "@/shared/ui/Loaded";
import { Panel } from "@/shared/ui/Panel";
import { useAction } from "@/shared/ui/useAction";

const roles: readonly Role[] = ["manager", "reader", "adjudicator", "engineer", "researcher"];

function useSetRoles(project: Project) {
  return useAction({
    run: (body: { user: string; roles: Role[] }) =>
      take(client.PUT("/api/projects/{project_id}/members", { params: { path: { project_id: project.id } }, body })),
    stale: ["members", "project", "users", "session"],
  });
}

function MemberRow({ project, member }: { project: Project; member: Member }) {
  const { t } = useTranslation();
  const setRoles = useSetRoles(project);
  const name = member.user.display_name;
  const toggle = (role: Role, held: boolean) => {
    const next = roles.filter((one) => (one === role ? held : member.roles.includes(one)));
    if (next.length > 0) setRoles.mutate({ user: member.user.id, roles: next });
  };
  return (
    <Table.Tr data-testid="member-row" data-name={name}>
      <Table.Td>{name}</Table.Td>
      {roles.map((role) => (
        <Table.Td key={role} ta="center">
          <Checkbox
            display="inline-block"
            checked={member.roles.includes(role)}
            disabled={setRoles.isPending || (member.roles.length === 1 && member.roles.includes(role))}
            onChange={(event) => toggle(role, event.currentTarget.checked)}
            aria-label={`${name}: ${t(`common.role.${role}`)}`}
            data-testid={`member-role-${role}`}
          />
        </Table.Td>
      ))}
      <Table.Td ta="right">
        <ConfirmButton
          size="xs"
          title={t("projects.readers.remove", { name })}
          text={t("projects.readers.removeText", { name })}
          confirm={t("common.remove")}
          danger
          onConfirm={() => setRoles.mutate({ user: member.user.id, roles: [] })}
          testId="member-remove"
        >
          {t("common.remove")}
        </ConfirmButton>
      </Table.Td>
    </Table.Tr>
  );
}

function AddMember({ project, members }: { project: Project; members: readonly Member[] }) {
  const { t } = useTranslation();
  const [search, setSearch] = useState("");
  const [q] = useDebouncedValue(search, 200);
  const [user, setUser] = useState<string | null>(null);
  const [role, setRole] = useState<Role>("reader");
  const add = useSetRoles(project);
  const users = useQuery({
    queryKey: ["users", "find", q],
    queryFn: () => take(client.GET("/api/users", { params: { query: { q } } })),
    placeholderData: keepPreviousData,
  });
  const present = new Set(members.map((member) => member.user.id));
  const found = (users.data ?? []).filter((one) => one.is_active && (!present.has(one.id) || one.id === user));
  return (
    <Group align="flex-end" gap="sm">
      <Select
        label={t("projects.readers.add")}
        placeholder={t("projects.readers.find")}
        searchable
        clearable
        value={user}
        data={found.map((one) => ({
          value: one.id,
          label: one.display_name ? `${one.display_name} (${one.username})` : one.username,
        }))}
        filter={({ options }) => options}
        onChange={setUser}
        onSearchChange={(text) => setSearch(text.replace(/ \(.*\)$/, ""))}
        style={{ flex: 1, minWidth: 200 }}
        data-testid="member-user"
      />
      <Select
        label={t("projects.readers.role")}
        allowDeselect={false}
        value={role}
        data={roles.map((one) => ({ value: one, label: t(`common.role.${one}`) }))}
        onChange={(value) => setRole(roles.find((one) => one === value) ?? "reader")}
        w={200}
        data-testid="member-role"
      />
      <Button
        variant="default"
        disabled={!user}
        loading={add.isPending}
        onClick={() => {
          if (user) add.mutate({ user, roles: [role] }, { onSuccess: () => setUser(null) });
        }}
        data-testid="member-add"
      >
        {t("common.add")}
      </Button>
    </Group>
  );
}

export function ReadersStep({ project }: { project: Project }) {
  const { t } = useTranslation();
  const members = useQuery(membersQuery(project.id));
  return (
    <Panel title={t("projects.step.readers")}>
      <Stack>
        <Text size="sm" c="dimmed">
          {t("projects.readers.text")}
        </Text>
        <Loaded query={members}>
          {(rows) => (
            <Stack>
              <AddMember project={project} members={rows} />
              {rows.length === 0 ? (
                <EmptyState
                  icon={IconUsers}
                  title={t("projects.readers.empty")}
                  text={t("projects.readers.emptyText")}
                />
              ) : (
                <Table>
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>{t("projects.readers.person")}</Table.Th>
                      {roles.map((role) => (
                        <Table.Th key={role} ta="center">
                          {t(`common.role.${role}`)}
                        </Table.Th>
                      ))}
                      <Table.Th />
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {rows.map((member) => (
                      <MemberRow key={member.user.id} project={project} member={member} />
                    ))}
                  </Table.Tbody>
                </Table>
              )}
            </Stack>
          )}
        </Loaded>
      </Stack>
    </Panel>
  );
}
