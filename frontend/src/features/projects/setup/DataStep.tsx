import { Button, Group, Pagination, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconPhotoScan, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { client, take } from "@/shared/api/client";
import type { Project } from "@/shared/api/projects";
import { studiesQuery } from "@/shared/api/studies";
import type { Schemas } from "@/shared/api/types";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Loaded } from "@/shared/ui/Loaded";
import { Panel } from "@/shared/ui/Panel";
import { StudyTable } from "@/shared/ui/StudyTable";
import { useAction } from "@/shared/ui/useAction";

import { DeidentificationDemand } from "./DeidentificationDemand";

const pageSize = 20;

function useAddCases(project: Project, onAdded: () => void) {
  const { t } = useTranslation();
  return useAction({
    run: (body: Schemas["NewCasesRequest"]) =>
      take(client.POST("/api/projects/{project_id}/cases", { params: { path: { project_id: project.id } }, body })),
    stale: ["project", "projects", "cases"],
    onDone: (added) => {
      const notPassed = added.skipped.filter(({ reason }) => reason === "not_deidentified").length;
      notifications.show({
        message: [
          t("projects.data.added", { count: added.cases.length, skipped: added.skipped.length }),
          ...(notPassed > 0 ? [t("projects.data.notDeidentified", { n: notPassed })] : []),
        ].join(". "),
        color: notPassed > 0 ? "yellow" : "green",
      });
      onAdded();
    },
  });
}

export function DataStep({ project }: { project: Project }) {
  const { t } = useTranslation();
  const [wish, setWish] = useState("");
  const [q] = useDebouncedValue(wish, 200);
  const [page, setPage] = useState(1);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const studies = useQuery(studiesQuery(q, pageSize, (page - 1) * pageSize));
  const add = useAddCases(project, () => setChosen(new Set()));
  return (
    <Stack gap="lg">
      <DeidentificationDemand project={project} />
      <Panel
        title={t("projects.data.title")}
        actions={
          <>
            <Button
              variant="default"
              size="xs"
              disabled={chosen.size === 0}
              loading={add.isPending}
              onClick={() => add.mutate({ all_studies: false, study_uids: [...chosen] })}
              data-testid="data-add-selected"
            >
              {t("projects.data.addSelected", { n: chosen.size })}
            </Button>
            <Button
              size="xs"
              disabled={!studies.data?.count}
              loading={add.isPending}
              onClick={() => add.mutate({ all_studies: true })}
              data-testid="data-add-all"
            >
              {t("projects.data.addAll")}
            </Button>
          </>
        }
      >
        <Stack>
          <Group justify="space-between">
            <Text size="sm" c="dimmed">
              {t("projects.data.text")}{" "}
              <b data-testid="data-case-count">{t("projects.data.inProject", { count: project.counts.cases })}</b>
            </Text>
            <TextInput
              placeholder={t("common.search")}
              aria-label={t("common.search")}
              leftSection={<IconSearch size={16} />}
              value={wish}
              onChange={(event) => {
                setWish(event.currentTarget.value);
                setPage(1);
              }}
              data-testid="data-search"
            />
          </Group>
          <Loaded query={studies} rows={8}>
            {(data) =>
              data.count === 0 ? (
                <EmptyState
                  icon={IconPhotoScan}
                  title={t("projects.data.empty")}
                  text={t("projects.data.emptyText")}
                  action={
                    <Button component={Link} to="/import" variant="default">
                      {t("projects.data.import")}
                    </Button>
                  }
                />
              ) : (
                <Stack>
                  <StudyTable studies={data.results} chosen={chosen} onChosen={setChosen} testId="data-study" />
                  {data.count > pageSize ? (
                    <Pagination value={page} onChange={setPage} total={Math.ceil(data.count / pageSize)} size="sm" />
                  ) : null}
                </Stack>
              )
            }
          </Loaded>
        </Stack>
      </Panel>
    </Stack>
  );
}
