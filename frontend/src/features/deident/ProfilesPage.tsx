import { Anchor, Button, Group, Modal, Select, Stack, Table, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus, IconShieldLock } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";

import { createProfile, type Option, type Profile } from "@/shared/api/deidentification";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorBox } from "@/shared/ui/ErrorBox";
import { Loaded } from "@/shared/ui/Loaded";
import { Page } from "@/shared/ui/Page";
import { Panel } from "@/shared/ui/Panel";
import { StateMark } from "@/shared/ui/StateMark";
import { useAction } from "@/shared/ui/useAction";

import { profilesQuery } from "./queries";
import { useTeams } from "./useTeams";

/** What most projects need: shifted dates keep intervals, descriptors and structured content are cleaned. */
const usualOptions: Option[] = [
  "retain_modified_dates",
  "clean_descriptors",
  "clean_structured_content",
  "clean_graphics",
  "clean_pixels",
];

function NewProfile({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const projects = useTeams();
  const [team, setTeam] = useState<string | null>(null);
  const [name, setName] = useState("");
  const [prefix, setPrefix] = useState("");
  const create = useAction({
    run: () => createProfile({ team: team ?? "", name: name.trim(), pseudonym_prefix: prefix, options: usualOptions }),
    stale: ["deidentification"],
    onDone: (profile) => void navigate(`/deidentification/${profile.id}`),
    quiet: true,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Select
          label={t("deident.project")}
          description={t("deident.projectHint")}
          data={projects.map((project) => ({ value: project.team, label: project.name }))}
          value={team}
          onChange={setTeam}
          required
          data-testid="profile-team"
        />
        <TextInput
          label={t("deident.name")}
          value={name}
          maxLength={120}
          required
          onChange={(event) => setName(event.currentTarget.value)}
          data-testid="profile-name"
        />
        <TextInput
          label={t("deident.prefix")}
          description={t("deident.prefixHint", { example: `${prefix || "SUBJECT"}-0001` })}
          value={prefix}
          maxLength={20}
          onChange={(event) => setPrefix(event.currentTarget.value.toUpperCase())}
          data-testid="profile-prefix"
        />
        {create.isError ? <ErrorBox error={create.error} /> : null}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button
            type="submit"
            disabled={!team || !name.trim()}
            loading={create.isPending}
            data-testid="profile-create"
          >
            {t("common.create")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function ProfileTable({ profiles }: { profiles: readonly Profile[] }) {
  const { t } = useTranslation();
  const projects = useTeams();
  const projectOf = (team: string) => projects.find((project) => project.team === team)?.name ?? "–";
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t("deident.name")}</Table.Th>
          <Table.Th>{t("deident.project")}</Table.Th>
          <Table.Th>{t("deident.rules")}</Table.Th>
          <Table.Th>{t("deident.demand")}</Table.Th>
          <Table.Th ta="right">{t("deident.held")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {profiles.map((profile) => (
          <Table.Tr key={profile.id} data-testid="profile-row" data-profile={profile.id}>
            <Table.Td>
              <Anchor component={Link} to={`/deidentification/${profile.id}`} size="sm" data-testid="profile-open">
                {profile.name}
              </Anchor>
            </Table.Td>
            <Table.Td>{projectOf(profile.team)}</Table.Td>
            <Table.Td>{t("deident.versionOptions", { n: profile.version, count: profile.options.length })}</Table.Td>
            <Table.Td>
              <StateMark
                tone={profile.demanded ? "good" : "quiet"}
                text={t(profile.demanded ? "deident.demanded" : "deident.notDemanded")}
              />
            </Table.Td>
            <Table.Td ta="right">
              {profile.held > 0 ? (
                <Anchor component={Link} to={`/deidentification/${profile.id}/review`} size="sm">
                  <StateMark tone="needs" text={String(profile.held)} />
                </Anchor>
              ) : (
                0
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** Profiles by which studies lose their names before a project sees them. */
export default function ProfilesPage() {
  const { t } = useTranslation();
  const [opened, dialog] = useDisclosure(false);
  const profiles = useQuery(profilesQuery());
  const button = (
    <Button leftSection={<IconPlus size={16} />} onClick={dialog.open} data-testid="profile-new">
      {t("deident.new")}
    </Button>
  );
  return (
    <Page title={t("deident.title")} lead={t("deident.lead")} actions={button} width={1200} testId="deident-page">
      <Panel flush>
        <Loaded query={profiles} rows={4}>
          {(rows) =>
            rows.length === 0 ? (
              <EmptyState icon={IconShieldLock} title={t("deident.empty")} text={t("deident.emptyText")} />
            ) : (
              <ProfileTable profiles={rows} />
            )
          }
        </Loaded>
      </Panel>
      <Text size="sm" c="dimmed">
        {t("deident.promise")}
      </Text>
      <Modal opened={opened} onClose={dialog.close} title={t("deident.new")}>
        <NewProfile onClose={dialog.close} />
      </Modal>
    </Page>
  );
}
