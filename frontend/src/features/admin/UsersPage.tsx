import { Button, Checkbox, Group, Modal, Stack, Table, TextInput } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { IconSearch, IconUserPlus, IconUsers } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";

import { client, take } from "@/shared/api/client";
import type { Schemas } from "@/shared/api/types";
import { formatMoment } from "@/shared/format";
import { useSession } from "@/shared/session/session";
import { ConfirmButton } from "@/shared/ui/ConfirmButton";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorBox } from "@/shared/ui/ErrorBox";
import { Loaded } from "@/shared/ui/Loaded";
import { Page } from "@/shared/ui/Page";
import { Panel } from "@/shared/ui/Panel";
import { SecretBox } from "@/shared/ui/SecretBox";
import { StateMark } from "@/shared/ui/StateMark";
import { useAction } from "@/shared/ui/useAction";

type User = Schemas["User"];

function NewUser({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [username, setUsername] = useState("");
  const [displayName, setDisplayName] = useState("");
  const [administrator, setAdministrator] = useState(false);
  const create = useAction({
    run: () =>
      take(
        client.POST("/api/users", {
          body: { username, display_name: displayName, is_administrator: administrator },
        }),
      ),
    stale: ["users"],
    quiet: true,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  if (create.data) {
    return (
      <Stack>
        <SecretBox
          text={t("admin.users.oneTime", { name: create.data.username })}
          secret={create.data.password}
          testId="user-password"
        />
        <Group justify="flex-end">
          <Button onClick={onClose} data-testid="user-done">
            {t("common.close")}
          </Button>
        </Group>
      </Stack>
    );
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={t("admin.users.username")}
          description={t("admin.users.usernameHint")}
          required
          data-autofocus
          autoComplete="off"
          value={username}
          onChange={(event) => setUsername(event.currentTarget.value)}
          data-testid="user-username"
        />
        <TextInput
          label={t("admin.users.displayName")}
          value={displayName}
          onChange={(event) => setDisplayName(event.currentTarget.value)}
          data-testid="user-display-name"
        />
        <Checkbox
          label={t("admin.users.administrator")}
          description={t("admin.users.administratorHint")}
          checked={administrator}
          onChange={(event) => setAdministrator(event.currentTarget.checked)}
          data-testid="user-administrator"
        />
        {create.isError ? <ErrorBox error={create.error} /> : null}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" loading={create.isPending} data-testid="user-create">
            {t("common.create")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function UserRow({ user, self, onPassword }: { user: User; self: boolean; onPassword: (password: string) => void }) {
  const { t } = useTranslation();
  const params = { path: { user_id: user.id } };
  const name = user.display_name || user.username;
  const change = useAction({
    run: (body: Schemas["PatchedUserChangeRequest"]) => take(client.PATCH("/api/users/{user_id}", { params, body })),
    stale: ["users"],
  });
  const reset = useAction({
    run: () => take(client.POST("/api/users/{user_id}/reset-password", { params })),
    onDone: ({ password }) => onPassword(password),
  });
  return (
    <Table.Tr data-testid="user-row" data-username={user.username}>
      <Table.Td>{user.username}</Table.Td>
      <Table.Td>{user.display_name}</Table.Td>
      <Table.Td>{user.is_administrator ? t("admin.users.administrator") : ""}</Table.Td>
      <Table.Td>
        <StateMark
          tone={user.is_active ? "good" : "quiet"}
          text={t(user.is_active ? "admin.users.active" : "admin.users.inactive")}
        />
      </Table.Td>
      <Table.Td className="fid-figure">{formatMoment(user.last_login)}</Table.Td>
      <Table.Td>
        <Group gap="sm" justify="flex-end" wrap="nowrap">
          <ConfirmButton
            size="xs"
            title={t("admin.users.reset")}
            text={t("admin.users.resetText", { name })}
            confirm={t("admin.users.reset")}
            onConfirm={() => reset.mutate()}
            testId="user-reset"
          >
            {t("admin.users.reset")}
          </ConfirmButton>
          {user.is_active ? (
            <ConfirmButton
              size="xs"
              disabled={self}
              title={t("admin.users.deactivate")}
              text={t("admin.users.deactivateText", { name })}
              confirm={t("admin.users.deactivate")}
              danger
              onConfirm={() => change.mutate({ is_active: false })}
              testId="user-deactivate"
            >
              {t("admin.users.deactivate")}
            </ConfirmButton>
          ) : (
            <Button
              size="xs"
              variant="default"
              onClick={() => change.mutate({ is_active: true })}
              data-testid="user-activate"
            >
              {t("admin.users.activate")}
            </Button>
          )}
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

function UserTable({ users }: { users: readonly User[] }) {
  const { t } = useTranslation();
  const session = useSession();
  const [shown, setShown] = useState<{ name: string; password: string } | null>(null);
  return (
    <>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("admin.users.username")}</Table.Th>
            <Table.Th>{t("admin.users.displayName")}</Table.Th>
            <Table.Th>{t("admin.users.administrator")}</Table.Th>
            <Table.Th>{t("common.state")}</Table.Th>
            <Table.Th ta="right">{t("admin.users.lastLogin")}</Table.Th>
            <Table.Th />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {users.map((user) => (
            <UserRow
              key={user.id}
              user={user}
              self={user.id === session.data?.user?.id}
              onPassword={(password) => setShown({ name: user.username, password })}
            />
          ))}
        </Table.Tbody>
      </Table>
      <Modal opened={shown !== null} onClose={() => setShown(null)} title={t("admin.users.reset")}>
        {shown ? (
          <SecretBox
            text={t("admin.users.oneTime", { name: shown.name })}
            secret={shown.password}
            testId="user-password"
          />
        ) : null}
      </Modal>
    </>
  );
}

export default function UsersPage() {
  const { t } = useTranslation();
  const [wish, setWish] = useState("");
  const [q] = useDebouncedValue(wish, 200);
  const [opened, dialog] = useDisclosure(false);
  const users = useQuery({
    queryKey: ["users", "admin", q],
    queryFn: () => take(client.GET("/api/users", { params: { query: { q } } })),
    placeholderData: keepPreviousData,
  });
  return (
    <Page
      title={t("admin.users.title")}
      lead={t("admin.users.lead")}
      testId="users-page"
      actions={
        <>
          <TextInput
            placeholder={t("admin.users.filter")}
            aria-label={t("admin.users.filter")}
            leftSection={<IconSearch size={16} />}
            value={wish}
            onChange={(event) => setWish(event.currentTarget.value)}
            data-testid="users-filter"
          />
          <Button leftSection={<IconUserPlus size={16} />} onClick={dialog.open} data-testid="user-new">
            {t("admin.users.new")}
          </Button>
        </>
      }
    >
      <Panel flush>
        <Loaded query={users}>
          {(rows) =>
            rows.length === 0 ? (
              <EmptyState
                icon={IconUsers}
                title={t("admin.users.empty")}
                text={t("admin.users.emptyText")}
                action={
                  <Button variant="default" onClick={() => setWish("")}>
                    {t("common.clearSearch")}
                  </Button>
                }
              />
            ) : (
              <UserTable users={rows} />
            )
          }
        </Loaded>
      </Panel>
      <Modal opened={opened} onClose={dialog.close} title={t("admin.users.new")}>
        <NewUser onClose={dialog.close} />
      </Modal>
    </Page>
  );
}
