import { Button, Group, PasswordInput, Select, SimpleGrid, Stack, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";

import { client, take } from "@/shared/api/client";
import { languageOf, languages, switchLanguage } from "@/shared/i18n/i18n";
import { sessionKey, useSession, type SessionUser } from "@/shared/session/session";
import { ErrorBox } from "@/shared/ui/ErrorBox";
import { Page } from "@/shared/ui/Page";
import { Panel } from "@/shared/ui/Panel";
import { useAction } from "@/shared/ui/useAction";

import { TokensPanel } from "./TokensPanel";

function ProfilePanel({ user }: { user: SessionUser }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [displayName, setDisplayName] = useState(user.display_name ?? "");
  const [language, setLanguage] = useState<string>(languageOf(user.language));
  const save = useAction({
    run: () => take(client.PATCH("/api/session", { body: { display_name: displayName, language } })),
    done: t("common.saved"),
    onDone: (session) => {
      queries.setQueryData(sessionKey, session);
      switchLanguage(languageOf(language));
    },
    quiet: true,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Panel title={t("session.profile")}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t("session.displayName")}
            value={displayName}
            onChange={(event) => setDisplayName(event.currentTarget.value)}
            data-testid="profile-display-name"
          />
          <Select
            label={t("session.language")}
            data={languages.map(({ code, name }) => ({ value: code, label: name }))}
            value={language}
            allowDeselect={false}
            onChange={(value) => setLanguage(languageOf(value))}
            data-testid="profile-language"
          />
          {save.isError ? <ErrorBox error={save.error} /> : null}
          <Group justify="flex-end">
            <Button type="submit" loading={save.isPending} data-testid="profile-save">
              {t("common.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}

function PasswordPanel() {
  const { t } = useTranslation();
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const change = useAction({
    run: () => take(client.POST("/api/session/password", { body: { old, new: fresh } })),
    done: t("session.passwordChanged"),
    onDone: () => {
      setOld("");
      setFresh("");
    },
    quiet: true,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <Panel title={t("session.changePassword")}>
      <form onSubmit={submit}>
        <Stack>
          <PasswordInput
            label={t("session.oldPassword")}
            autoComplete="current-password"
            required
            value={old}
            onChange={(event) => setOld(event.currentTarget.value)}
            data-testid="password-old"
          />
          <PasswordInput
            label={t("session.newPassword")}
            description={t("session.newPasswordHint")}
            autoComplete="new-password"
            required
            value={fresh}
            onChange={(event) => setFresh(event.currentTarget.value)}
            data-testid="password-new"
          />
          {change.isError ? <ErrorBox error={change.error} /> : null}
          <Group justify="flex-end">
            <Button type="submit" variant="default" loading={change.isPending} data-testid="password-save">
              {t("session.changePassword")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}

export default function AccountPage() {
  const { t } = useTranslation();
  const session = useSession();
  const user = session.data?.user;
  return (
    <Page title={t("session.accountTitle")} lead={user?.username} width={1040} testId="account-page">
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        {user ? <ProfilePanel key={user.id} user={user} /> : null}
        <PasswordPanel />
      </SimpleGrid>
      <TokensPanel />
    </Page>
  );
}
