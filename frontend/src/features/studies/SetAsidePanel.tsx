import { Button, Group, Table, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { client, take } from "@/shared/api/client";
import type { Schemas } from "@/shared/api/types";
import { formatBytes, formatMoment } from "@/shared/format";
import { ConfirmButton } from "@/shared/ui/ConfirmButton";
import { Loaded } from "@/shared/ui/Loaded";
import { Panel } from "@/shared/ui/Panel";
import { useAction } from "@/shared/ui/useAction";

const stale = ["set-aside", "studies", "imports"];

function SetAsideRow({ file }: { file: Schemas["SetAside"] }) {
  const { t } = useTranslation();
  const params = { path: { file_id: file.id } };
  const retry = useAction({
    run: () => take(client.POST("/api/set-aside/{file_id}/retry", { params })),
    stale,
    onDone: (outcome) =>
      notifications.show({
        title: t(`studies.imports.${outcome.outcome}`),
        message: outcome.reason ? t(`studies.why.${outcome.reason}`) : file.path,
        color: outcome.outcome === "set_aside" ? "yellow" : "green",
      }),
  });
  const remove = useAction({ run: () => take(client.DELETE("/api/set-aside/{file_id}", { params })), stale });
  return (
    <Table.Tr data-testid="set-aside-row" data-reason={file.reason}>
      <Table.Td miw={160} style={{ overflowWrap: "anywhere" }}>
        {file.path}
      </Table.Td>
      <Table.Td>
        <Text size="sm">{t(`studies.why.${file.reason}`)}</Text>
        <Text size="xs" c="dimmed">
          {file.detail}
        </Text>
      </Table.Td>
      <Table.Td className="fid-figure">{formatBytes(file.size_bytes)}</Table.Td>
      <Table.Td className="fid-figure">{formatMoment(file.created_at)}</Table.Td>
      <Table.Td>
        <Group gap="xs" justify="flex-end" wrap="nowrap">
          <Button
            size="xs"
            variant="default"
            loading={retry.isPending}
            onClick={() => retry.mutate()}
            data-testid="set-aside-retry"
          >
            {t("studies.imports.retryOne")}
          </Button>
          <Button
            component="a"
            href={`/api/set-aside/${file.id}/file`}
            download
            size="xs"
            variant="default"
            data-testid="set-aside-download"
          >
            {t("common.download")}
          </Button>
          <ConfirmButton
            size="xs"
            title={t("studies.imports.deleteOne", { path: file.path })}
            text={t("studies.imports.deleteText")}
            confirm={t("common.delete")}
            danger
            onConfirm={() => remove.mutate()}
            testId="set-aside-delete"
          >
            {t("common.delete")}
          </ConfirmButton>
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

/** Files that could not be taken in, with what can be done about each. */
export function SetAsidePanel() {
  const { t } = useTranslation();
  const files = useQuery({ queryKey: ["set-aside"], queryFn: () => take(client.GET("/api/set-aside")) });
  return (
    <Panel title={t("studies.imports.setAsideTitle")} flush testId="set-aside-panel">
      <Loaded query={files} rows={2}>
        {(rows) =>
          rows.length === 0 ? (
            <Text size="sm" c="dimmed" p="lg">
              {t("studies.imports.setAsideEmpty")}
            </Text>
          ) : (
            <>
              <Text size="sm" c="dimmed" px="lg" pt="md">
                {t("studies.imports.setAsideText")}
              </Text>
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t("studies.imports.file")}</Table.Th>
                    <Table.Th>{t("studies.imports.why")}</Table.Th>
                    <Table.Th ta="right">{t("studies.imports.size")}</Table.Th>
                    <Table.Th ta="right">{t("studies.imports.at")}</Table.Th>
                    <Table.Th />
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {rows.map((file) => (
                    <SetAsideRow key={file.id} file={file} />
                  ))}
                </Table.Tbody>
              </Table>
            </>
          )
        }
      </Loaded>
    </Panel>
  );
}
