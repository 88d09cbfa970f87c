import { Button, Group, Select, SimpleGrid, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconSparkles } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { client, take } from "@/shared/api/client";
import { modelsQuery, runnable, versionName, type ModelVersion } from "@/shared/api/models";
import type { Project } from "@/shared/api/projects";
import { Loaded } from "@/shared/ui/Loaded";
import { useAction } from "@/shared/ui/useAction";

import { matchLabels, type LabelMap } from "./labelMap";
import type { Label } from "./protocol";

interface MapFieldsProps {
  version: ModelVersion;
  labels: readonly Label[];
  map: LabelMap;
  onChange: (map: LabelMap) => void;
}

function MapFields({ version, labels, map, onChange }: MapFieldsProps) {
  const { t } = useTranslation();
  return (
    <Stack gap="xs">
      <Text size="sm" fw={500}>
        {t("projects.ai.map")}
      </Text>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        {Object.entries(version.labels).map(([value, name]) => (
          <Select
            key={value}
            label={t("projects.ai.mapLabel", { name })}
            placeholder={t("projects.ai.ignore")}
            clearable
            value={map[value] === undefined ? null : String(map[value])}
            data={labels.map((label) => ({ value: String(label.value), label: label.name }))}
            onChange={(chosen) => {
              const { [value]: _, ...rest } = map;
              onChange(chosen === null ? rest : { ...rest, [value]: Number(chosen) });
            }}
            data-testid={`label-map-${value}`}
          />
        ))}
      </SimpleGrid>
    </Stack>
  );
}

interface PrelabelProps {
  project: Project;
  /** One case alone; all cases of the project when left out. */
  caseId?: string;
  onStarted?: () => void;
}

function PrelabelForm({ project, caseId, versions, onStarted }: PrelabelProps & { versions: readonly ModelVersion[] }) {
  const { t } = useTranslation();
  const labels = project.protocol?.labels ?? [];
  const [versionId, setVersionId] = useState(versions[0]?.id ?? null);
  const version = versions.find(({ id }) => id === versionId);
  const [maps, setMaps] = useState<Record<string, LabelMap>>({});
  const map = version ? (maps[version.id] ?? matchLabels(version.labels, labels)) : {};
  const start = useAction({
    run: (model_version: string) =>
      take(
        client.POST("/api/projects/{project_id}/prelabel", {
          params: { path: { project_id: project.id } },
          body: { model_version, cases: caseId ? [caseId] : null, label_map: map },
        }),
      ),
    stale: ["jobs", "project-drafts"],
    onDone: ({ jobs }) => {
      notifications.show({ message: t("projects.ai.started", { count: jobs.length }), color: "accent" });
      onStarted?.();
    },
  });
  return (
    <Stack>
      <Select
        label={t("projects.ai.model")}
        allowDeselect={false}
        value={versionId}
        data={versions.map((one) => ({ value: one.id, label: versionName(one) }))}
        onChange={setVersionId}
        maw={400}
        data-testid="prelabel-model"
      />
      {version ? (
        <MapFields
          version={version}
          labels={labels}
          map={map}
          onChange={(changed) => setMaps({ ...maps, [version.id]: changed })}
        />
      ) : null}
      <Group>
        <Button
          leftSection={<IconSparkles size={16} />}
          variant={caseId ? "default" : "filled"}
          disabled={!version || Object.keys(map).length === 0}
          loading={start.isPending}
          onClick={() => version && start.mutate(version.id)}
          data-testid="prelabel-start"
        >
          {t(caseId ? "projects.ai.startOne" : "projects.ai.startAll")}
        </Button>
      </Group>
    </Stack>
  );
}

/** Runs a model on one case or on all, with the labels matched by hand where names differ. */
export function Prelabel(props: PrelabelProps) {
  const { t } = useTranslation();
  const models = useQuery(modelsQuery());
  return (
    <Loaded query={models} rows={2}>
      {(data) => {
        const versions = runnable(data);
        return versions.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t("projects.ai.noModels")}
          </Text>
        ) : (
          <PrelabelForm {...props} versions={versions} />
        );
      }}
    </Loaded>
  );
}
