import { Button, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconPackage, IconSnowflake } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";

import { client, take } from "@/shared/api/client";
import { projectQuery } from "@/shared/api/projects";
import { hasRole, useSession } from "@/shared/session/session";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Loaded, RowsSkeleton } from "@/shared/ui/Loaded";
import { ErrorBox } from "@/shared/ui/ErrorBox";
import { Page } from "@/shared/ui/Page";
import { Panel } from "@/shared/ui/Panel";
import { useAction } from "@/shared/ui/useAction";

import { DefinitionForm } from "./DefinitionForm";
import { definitionOf, firstDraft, isComplete, type Draft } from "./definition";
import { MissingList, SplitTable } from "./PreviewPanel";
import { ReleaseCard } from "./ReleaseCard";

function usePreview(projectId: string, draft: Draft) {
  const [definition] = useDebouncedValue({ ...definitionOf(draft), name: "preview" }, 300);
  return useQuery({
    queryKey: ["releases", projectId, "preview", definition],
    queryFn: () =>
      take(
        client.POST("/api/projects/{project_id}/releases/preview", {
          params: { path: { project_id: projectId } },
          body: definition,
        }),
      ),
    enabled: isComplete(draft),
    placeholderData: keepPreviousData,
  });
}

function PreviewPanel({ projectId, draft }: { projectId: string; draft: Draft }) {
  const { t } = useTranslation();
  const preview = usePreview(projectId, draft);
  const source = t(draft.labelSource === "reader" ? "datasets.sourceReader" : "datasets.sourceConsensus");
  return (
    <Panel title={t("datasets.preview")} testId="release-preview">
      {preview.isError ? (
        <ErrorBox error={preview.error} onRetry={() => void preview.refetch()} />
      ) : !preview.data ? (
        <RowsSkeleton rows={4} onRetry={() => void preview.refetch()} />
      ) : (
        <Stack>
          <Text>
            {preview.data.cases === 0
              ? t("datasets.sentenceNone")
              : t("datasets.sentence", {
                  cases: t("datasets.countCases", { count: preview.data.cases }),
                  patients: t("datasets.countPatients", { count: preview.data.patients }),
                  source,
                })}
          </Text>
          <SplitTable counts={preview.data} />
          <MissingList missing={preview.data.missing} />
        </Stack>
      )}
    </Panel>
  );
}

function Definer({ projectId }: { projectId: string }) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState<Draft>(firstDraft);
  const freeze = useAction({
    run: () =>
      take(
        client.POST("/api/projects/{project_id}/releases", {
          params: { path: { project_id: projectId } },
          body: definitionOf(draft),
        }),
      ),
    stale: ["releases", "jobs"],
    done: t("datasets.freezing"),
    onDone: () => setDraft({ ...draft, name: "" }),
    quiet: true,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    freeze.mutate();
  };
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
      <Panel title={t("datasets.define")}>
        <form onSubmit={submit}>
          <Stack>
            <DefinitionForm projectId={projectId} draft={draft} onChange={setDraft} />
            {freeze.isError ? <ErrorBox error={freeze.error} /> : null}
            <Group justify="flex-end">
              <Button
                type="submit"
                leftSection={<IconSnowflake size={16} />}
                disabled={!isComplete(draft) || !draft.name.trim()}
                loading={freeze.isPending}
                data-testid="release-freeze"
              >
                {t("datasets.freeze")}
              </Button>
            </Group>
          </Stack>
        </form>
      </Panel>
      <PreviewPanel projectId={projectId} draft={draft} />
    </SimpleGrid>
  );
}

export default function DatasetsPage() {
  const { t } = useTranslation();
  const { projectId = "" } = useParams();
  const session = useSession();
  const project = useQuery(projectQuery(projectId));
  const releases = useQuery({
    queryKey: ["releases", projectId],
    queryFn: () =>
      take(client.GET("/api/projects/{project_id}/releases", { params: { path: { project_id: projectId } } })),
  });
  return (
    <Page title={t("datasets.title")} lead={t("datasets.lead")} testId="datasets-page">
      {hasRole(session.data, project.data?.team, "manager", "researcher") ? <Definer projectId={projectId} /> : null}
      <Stack gap="md">
        <Loaded query={releases} rows={2} rowHeight={120}>
          {(rows) =>
            rows.length === 0 ? (
              <Panel title={t("datasets.releases")}>
                <EmptyState icon={IconPackage} title={t("datasets.empty")} text={t("datasets.emptyText")} />
              </Panel>
            ) : (
              rows.map((release) => <ReleaseCard key={release.id} release={release} />)
            )
          }
        </Loaded>
      </Stack>
    </Page>
  );
}
