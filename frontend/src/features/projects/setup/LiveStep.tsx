import { Button, Group, List, Stack, Text, ThemeIcon } from "@mantine/core";
import { IconCheck, IconMinus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { client, take } from "@/shared/api/client";
import { membersQuery, type Project } from "@/shared/api/projects";
import { ConfirmButton } from "@/shared/ui/ConfirmButton";
import { ErrorBox } from "@/shared/ui/ErrorBox";
import { Panel } from "@/shared/ui/Panel";
import { useAction } from "@/shared/ui/useAction";

import { protocolDraft } from "../protocol";

const stale = ["project", "projects", "cases", "progress", "worklist"];

export function LiveStep({ project }: { project: Project }) {
  const { t } = useTranslation();
  const members = useQuery(membersQuery(project.id));
  const params = { path: { project_id: project.id } };
  const goLive = useAction({
    run: () => take(client.POST("/api/projects/{project_id}/go-live", { params })),
    stale,
    quiet: true,
  });
  const close = useAction({ run: () => take(client.POST("/api/projects/{project_id}/close", { params })), stale });
  const protocol = protocolDraft(project.protocol, {});
  const readers = (members.data ?? []).filter((member) => member.roles.includes("reader")).length;
  const checks = [
    { key: "data", ready: project.counts.cases > 0, values: { count: project.counts.cases } },
    { key: "labels", ready: protocol.labels.length > 0, values: { count: protocol.labels.length } },
    {
      key: "readers",
      ready: readers >= protocol.readers_per_case,
      values: { count: readers, per: protocol.readers_per_case },
    },
  ];
  return (
    <Panel title={t("projects.step.live")}>
      <Stack>
        <Text size="sm" c="dimmed">
          {t("projects.live.text")}
        </Text>
        <List spacing="sm" center size="sm">
          {checks.map(({ key, ready, values }) => (
            <List.Item
              key={key}
              data-testid={`live-check-${key}`}
              data-ready={ready}
              icon={
                <ThemeIcon size={20} radius="xl" color={ready ? "green" : "gray"} variant="light">
                  {ready ? <IconCheck size={14} /> : <IconMinus size={14} />}
                </ThemeIcon>
              }
            >
              {t(`projects.live.check.${key}`, values)}
            </List.Item>
          ))}
        </List>
        {project.state !== "draft" ? (
          <Text fw={600} data-testid="live-state">
            {t(project.state === "live" ? "projects.live.isLive" : "projects.live.isClosed")}
          </Text>
        ) : null}
        {goLive.isError ? <ErrorBox error={goLive.error} /> : null}
        <Group>
          {project.state !== "live" ? (
            <Button
              disabled={checks.some(({ ready }) => !ready)}
              loading={goLive.isPending}
              onClick={() => goLive.mutate()}
              data-testid="go-live"
            >
              {t("projects.live.go")}
            </Button>
          ) : (
            <>
              <Button
                variant="default"
                loading={goLive.isPending}
                onClick={() => goLive.mutate()}
                data-testid="go-live-again"
              >
                {t("projects.live.again")}
              </Button>
              <ConfirmButton
                title={t("projects.live.close")}
                text={t("projects.live.closeText")}
                confirm={t("projects.live.close")}
                danger
                onConfirm={() => close.mutate()}
                testId="project-close"
              >
                {t("projects.live.close")}
              </ConfirmButton>
            </>
          )}
        </Group>
      </Stack>
    </Panel>
  );
}
