import { Anchor, Button, Modal, Stack, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconBrain, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { modelsQuery, type Model, type ModelVersion } from "@/shared/api/models";
import { formatBytes, formatMoment } from "@/shared/format";
import { useSession } from "@/shared/session/session";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Loaded } from "@/shared/ui/Loaded";
import { Page } from "@/shared/ui/Page";
import { Panel } from "@/shared/ui/Panel";
import { StateMark } from "@/shared/ui/StateMark";

import { RegisterForm } from "./RegisterForm";

export function MayRun({ version }: { version: ModelVersion }) {
  const { t } = useTranslation();
  return version.may_run ? (
    <StateMark tone="good" text={t("models.may.run")} testId="version-may-run" />
  ) : (
    <StateMark tone="needs" text={t("models.may.trust")} testId="version-needs-trust" />
  );
}

function ModelPanel({ model }: { model: Model }) {
  const { t } = useTranslation();
  return (
    <Panel
      flush
      testId="model-panel"
      title={
        <>
          {model.name}{" "}
          <Text span size="sm" c="dimmed" fw={400}>
            {model.project ? t("models.trained") : model.description}
          </Text>
        </>
      }
    >
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={160}>{t("models.version")}</Table.Th>
            <Table.Th>{t("models.labels")}</Table.Th>
            <Table.Th w={200}>{t("models.source")}</Table.Th>
            <Table.Th w={160}>{t("common.state")}</Table.Th>
            <Table.Th w={112} ta="right">
              {t("models.size")}
            </Table.Th>
            <Table.Th w={160} ta="right">
              {t("common.created")}
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {model.versions.map((version) => (
            <Table.Tr key={version.id} data-testid="version-row" data-version={version.id}>
              <Table.Td>
                <Anchor component={Link} to={`/models/versions/${version.id}`} data-testid="version-open">
                  {t("models.versionOf", { n: version.number })}
                </Anchor>
              </Table.Td>
              <Table.Td>{Object.values(version.labels).join(", ")}</Table.Td>
              <Table.Td>{t(`models.sources.${version.source}`)}</Table.Td>
              <Table.Td>
                <MayRun version={version} />
              </Table.Td>
              <Table.Td className="fid-figure">{formatBytes(version.size_bytes)}</Table.Td>
              <Table.Td className="fid-figure">{formatMoment(version.created_at)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Panel>
  );
}

export default function ModelsPage() {
  const { t } = useTranslation();
  const session = useSession();
  const models = useQuery(modelsQuery());
  const [opened, dialog] = useDisclosure(false);
  const registerButton = session.data?.user?.is_administrator ? (
    <Button leftSection={<IconPlus size={16} />} onClick={dialog.open} data-testid="model-register">
      {t("models.register")}
    </Button>
  ) : null;
  return (
    <Page
      title={t("models.title")}
      lead={t("models.lead")}
      testId="models-page"
      actions={models.data?.length ? registerButton : null}
    >
      <Loaded query={models} rows={3} rowHeight={112}>
        {(rows) =>
          rows.length === 0 ? (
            <Panel>
              <EmptyState
                icon={IconBrain}
                title={t("models.empty")}
                text={t("models.emptyText")}
                action={registerButton}
              />
            </Panel>
          ) : (
            <Stack gap="lg">
              {rows.map((model) => (
                <ModelPanel key={model.id} model={model} />
              ))}
            </Stack>
          )
        }
      </Loaded>
      <Modal opened={opened} onClose={dialog.close} title={t("models.register")} size="lg">
        <RegisterForm onDone={dialog.close} />
      </Modal>
    </Page>
  );
}
