import { Anchor, Group, Select, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { client, take } from "@/shared/api/client";
import { listProfiles } from "@/shared/api/deidentification";
import type { Project } from "@/shared/api/projects";
import { ErrorBox } from "@/shared/ui/ErrorBox";
import { Panel } from "@/shared/ui/Panel";
import { useAction } from "@/shared/ui/useAction";

const none = "none";

/** Which profile studies must have passed before this project may show them. */
export function DeidentificationDemand({ project }: { project: Project }) {
  const { t } = useTranslation();
  const profiles = useQuery({ queryKey: ["deidentification", "profiles"], queryFn: listProfiles });
  const own = (profiles.data ?? []).filter((profile) => profile.team === project.team);
  const save = useAction({
    run: (id: string) =>
      take(
        client.PATCH("/api/projects/{project_id}", {
          params: { path: { project_id: project.id } },
          body: { deidentification_profile: id === none ? null : id },
        }),
      ),
    stale: ["project", "projects", "deidentification"],
    done: t("deident.project_demand.saved"),
    quiet: true,
  });
  return (
    <Panel title={t("deident.project_demand.title")} testId="project-deidentification">
      <Stack>
        <Group align="flex-end" gap="lg">
          <Select
            label={t("deident.project_demand.label")}
            description={t("deident.project_demand.hint")}
            data={[
              { value: none, label: t("deident.project_demand.none") },
              ...own.map((profile) => ({ value: profile.id, label: profile.name })),
            ]}
            value={project.deidentification_profile ?? none}
            onChange={(value) => save.mutate(value ?? none)}
            allowDeselect={false}
            disabled={save.isPending}
            w={480}
            data-testid="project-demand"
          />
          <Anchor component={Link} to="/deidentification" size="sm" pb={8}>
            {t("deident.project_demand.make")}
          </Anchor>
        </Group>
        {save.isError ? <ErrorBox error={save.error} /> : null}
      </Stack>
    </Panel>
  );
}
