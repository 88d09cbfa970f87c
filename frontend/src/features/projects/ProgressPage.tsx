import { Group, SimpleGrid, Stack, Table, Text } from "@mantine/core";
import { IconChartBar } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { client, take } from "@/shared/api/client";
import type { Schemas } from "@/shared/api/types";
import { formatFigure } from "@/shared/format";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Loaded } from "@/shared/ui/Loaded";
import { Page } from "@/shared/ui/Page";
import { Panel } from "@/shared/ui/Panel";
import { StateMark } from "@/shared/ui/StateMark";

import { readingTones } from "./readingTones";
import { useProject } from "./useProject";

type Progress = Schemas["Progress"];

const states = ["assigned", "open", "submitted", "returned"] as const;

function StatesPanel({ progress }: { progress: Progress }) {
  const { t } = useTranslation();
  return (
    <Panel title={t("projects.progress.byState")}>
      <SimpleGrid cols={{ base: 2, sm: 4 }}>
        {states.map((state) => (
          <Stack key={state} gap={4}>
            <Text size="xl" fw={600} data-testid={`progress-${state}`}>
              {progress.readings_by_state[state] ?? 0}
            </Text>
            <StateMark tone={readingTones[state]} text={t(`common.reading.${state}`)} />
          </Stack>
        ))}
      </SimpleGrid>
    </Panel>
  );
}

function ReadersPanel({ progress }: { progress: Progress }) {
  const { t } = useTranslation();
  return (
    <Panel title={t("projects.progress.byReader")} flush>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("projects.progress.reader")}</Table.Th>
            <Table.Th ta="right">{t("projects.progress.assigned")}</Table.Th>
            <Table.Th ta="right">{t("projects.progress.submitted")}</Table.Th>
            <Table.Th w={280} aria-hidden />
            <Table.Th ta="right">{t("projects.progress.median")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {progress.per_reader.map((row) => (
            <Table.Tr key={row.reader.id} data-testid="progress-reader">
              <Table.Td>{row.reader.display_name}</Table.Td>
              <Table.Td className="fid-figure">{row.assigned}</Table.Td>
              <Table.Td className="fid-figure">{row.submitted}</Table.Td>
              <Table.Td>
                <Group h={6} gap={0} bg="var(--fid-raised)" style={{ borderRadius: 3, overflow: "hidden" }}>
                  <div
                    style={{
                      width: `${row.assigned ? (100 * row.submitted) / row.assigned : 0}%`,
                      height: 6,
                      background: "var(--fid-green)",
                    }}
                  />
                </Group>
              </Table.Td>
              <Table.Td className="fid-figure">{formatFigure(row.median_minutes, 1)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Panel>
  );
}

export default function ProgressPage() {
  const { t } = useTranslation();
  const { projectId } = useProject();
  const progress = useQuery({
    queryKey: ["progress", projectId],
    queryFn: () =>
      take(client.GET("/api/projects/{project_id}/progress", { params: { path: { project_id: projectId } } })),
  });
  return (
    <Page title={t("projects.tab.progress")} testId="progress-page">
      <Loaded query={progress}>
        {(data) =>
          data.per_reader.length === 0 ? (
            <EmptyState
              icon={IconChartBar}
              title={t("projects.progress.empty")}
              text={t("projects.progress.emptyText")}
            />
          ) : (
            <Stack gap="lg">
              <StatesPanel progress={data} />
              <ReadersPanel progress={data} />
            </Stack>
          )
        }
      </Loaded>
    </Page>
  );
}
