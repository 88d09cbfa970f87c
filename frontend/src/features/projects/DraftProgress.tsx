import { Progress, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { client, take } from "@/shared/api/client";
import { failureText } from "@/shared/ui/jobTexts";

export const draftsOptions = (projectId: string) => ({
  queryKey: ["project-drafts", projectId],
  queryFn: () => take(client.GET("/api/projects/{project_id}/drafts", { params: { path: { project_id: projectId } } })),
});

/** How many of the drafts that were asked for are there, live; nothing once all are, unless `always`. */
export function DraftProgress({ projectId, always = false }: { projectId: string; always?: boolean }) {
  const { t } = useTranslation();
  const drafts = useQuery(draftsOptions(projectId));
  const all = (drafts.data ?? []).flatMap((entry) => entry.drafts);
  if (all.length === 0) return null;
  const ready = all.filter((draft) => draft.ready).length;
  if (ready === all.length && !always) return null;
  const failed = all.filter((draft) => draft.state === "failed");
  return (
    <Stack gap={4} data-testid="draft-progress" data-ready={ready} data-all={all.length}>
      <Text size="sm">{t("projects.ai.running", { done: ready, all: all.length })}</Text>
      <Progress value={(ready / all.length) * 100} size={6} />
      {failed.map((draft) => (
        <Text key={draft.id} size="sm" c="var(--fid-red)">
          {failureText(t, draft)}
        </Text>
      ))}
    </Stack>
  );
}
