import { Anchor, Button, Code, List, SimpleGrid, Stack, Table, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";

import { client, take } from "@/shared/api/client";
import { versionName, type ModelVersion } from "@/shared/api/models";
import { formatBytes, formatMoment } from "@/shared/format";
import { hasRoleAnywhere, useSession } from "@/shared/session/session";
import { ConfirmButton } from "@/shared/ui/ConfirmButton";
import { Loaded } from "@/shared/ui/Loaded";
import { Page } from "@/shared/ui/Page";
import { Panel } from "@/shared/ui/Panel";
import { StateMark } from "@/shared/ui/StateMark";
import { useAction } from "@/shared/ui/useAction";

import { MayRun } from "./ModelsPage";

function TargetList({ targets }: { targets: readonly string[] }) {
  return (
    <List size="sm" spacing={4} data-testid="untrusted-targets">
      {targets.map((target) => (
        <List.Item key={target}>
          <Code>{target}</Code>
        </List.Item>
      ))}
    </List>
  );
}

function TrustPanel({ version }: { version: ModelVersion }) {
  const { t } = useTranslation();
  const session = useSession();
  const trust = useAction({
    run: () =>
      take(
        client.POST("/api/model-versions/{version_id}/trust", {
          params: { path: { version_id: version.id } },
          body: { targets: version.untrusted_targets },
        }),
      ),
    stale: ["models", "model-version"],
  });
  if (version.untrusted_targets.length === 0) {
    return (
      <Panel title={t("models.targets")}>
        <Text size="sm">{t("models.targetsNone")}</Text>
      </Panel>
    );
  }
  return (
    <Panel title={t("models.targets")} testId="trust-panel">
      <Stack>
        <Text size="sm">{t("models.targetsText")}</Text>
        <TargetList targets={version.untrusted_targets} />
        {version.trusted ? (
          <StateMark tone="good" text={t("models.trusted")} testId="version-trusted" />
        ) : (
          <StateMark tone="needs" text={t("models.notTrusted")} />
        )}
        {!version.trusted && session.data?.user?.is_administrator ? (
          <ConfirmButton
            title={t("models.trustTitle", { name: versionName(version) })}
            text={
              <Stack gap="sm">
                <Text size="sm">{t("models.trustText")}</Text>
                <TargetList targets={version.untrusted_targets} />
              </Stack>
            }
            confirm={t("models.trust")}
            danger
            onConfirm={() => trust.mutate()}
            testId="version-trust"
            w="fit-content"
          >
            {t("models.trust")}
          </ConfirmButton>
        ) : null}
        {!version.trusted && !session.data?.user?.is_administrator ? (
          <Text size="sm" c="dimmed">
            {t("models.onlyAdmins")}
          </Text>
        ) : null}
      </Stack>
    </Panel>
  );
}

function DetailsPanel({ version }: { version: ModelVersion }) {
  const { t } = useTranslation();
  const rows: readonly (readonly [string, string, boolean])[] = [
    [t("models.source"), t(`models.sources.${version.source}`), false],
    [t("models.size"), formatBytes(version.size_bytes), false],
    [t("common.created"), formatMoment(version.created_at), false],
    [t("models.bundleSha"), version.bundle_sha256, true],
    [t("models.weightsSha"), version.weights_sha256, true],
  ];
  return (
    <Panel title={t("models.details")} flush>
      <Table layout="fixed">
        <Table.Tbody>
          {rows.map(([name, value, mono]) => (
            <Table.Tr key={name}>
              <Table.Td w={200} c="dimmed">
                {name}
              </Table.Td>
              <Table.Td className={mono ? "fid-mono" : ""} style={{ overflowWrap: "anywhere" }}>
                {value}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Panel>
  );
}

function LabelsPanel({ version }: { version: ModelVersion }) {
  const { t } = useTranslation();
  return (
    <Panel title={t("models.labels")} flush>
      <Table>
        <Table.Tbody>
          {Object.entries(version.labels).map(([value, name]) => (
            <Table.Tr key={value}>
              <Table.Td w={64} className="fid-figure" c="dimmed">
                {value}
              </Table.Td>
              <Table.Td>{name}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Panel>
  );
}

export default function VersionPage() {
  const { t } = useTranslation();
  const { versionId = "" } = useParams();
  const session = useSession();
  const version = useQuery({
    queryKey: ["model-version", versionId],
    queryFn: () =>
      take(client.GET("/api/model-versions/{version_id}", { params: { path: { version_id: versionId } } })),
  });
  return (
    <Page
      title={version.data ? versionName(version.data) : t("models.title")}
      lead={version.data ? <MayRun version={version.data} /> : null}
      trail={
        <Anchor component={Link} to="/models" size="sm">
          {t("models.all")}
        </Anchor>
      }
      testId="version-page"
      actions={
        version.data && hasRoleAnywhere(session.data, "manager", "engineer") ? (
          <Button
            component="a"
            href={`/api/model-versions/${version.data.id}/bundle`}
            download
            variant="default"
            leftSection={<IconDownload size={16} />}
            data-testid="version-download"
          >
            {t("common.download")}
          </Button>
        ) : null
      }
    >
      <Loaded query={version}>
        {(data) => (
          <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
            <Stack gap="lg">
              <DetailsPanel version={data} />
              <LabelsPanel version={data} />
            </Stack>
            <Stack gap="lg">
              <TrustPanel version={data} />
              <Panel title={t("models.metadata")}>
                <Code block mah={480} style={{ overflow: "auto" }}>
                  {JSON.stringify(data.metadata, null, 2)}
                </Code>
              </Panel>
            </Stack>
          </SimpleGrid>
        )}
      </Loaded>
    </Page>
  );
}
