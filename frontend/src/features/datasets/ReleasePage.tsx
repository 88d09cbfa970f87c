import { Anchor, Button, Code, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";

import { client, take } from "@/shared/api/client";
import { formatMoment } from "@/shared/format";
import { Loaded } from "@/shared/ui/Loaded";
import { Page } from "@/shared/ui/Page";
import { Panel } from "@/shared/ui/Panel";

import { MissingList, SplitTable } from "./PreviewPanel";
import { ReleaseCard } from "./ReleaseCard";
import type { Release } from "./definition";

function ManifestPanel({ release }: { release: Release }) {
  const { t } = useTranslation();
  const [opened, view] = useDisclosure(false);
  const manifest = useQuery({
    queryKey: ["release", release.id, "manifest"],
    queryFn: () =>
      take(client.GET("/api/releases/{release_id}/manifest", { params: { path: { release_id: release.id } } })),
    enabled: opened,
    staleTime: Infinity,
  });
  return (
    <Panel
      title={t("datasets.manifest")}
      actions={
        <Button size="xs" variant="default" onClick={view.toggle} data-testid="manifest-toggle">
          {t(opened ? "common.close" : "datasets.open")}
        </Button>
      }
    >
      <Stack>
        <Text size="sm" c="dimmed">
          {t("datasets.manifestText")}
        </Text>
        {opened ? (
          <Loaded query={manifest}>
            {(data) => (
              <Code block mah={480} style={{ overflow: "auto" }} data-testid="manifest">
                {JSON.stringify(data, null, 2)}
              </Code>
            )}
          </Loaded>
        ) : null}
      </Stack>
    </Panel>
  );
}

function CitePanel({ release }: { release: Release }) {
  const { t } = useTranslation();
  const source = t(release.definition.label_source === "reader" ? "datasets.sourceReader" : "datasets.sourceConsensus");
  return (
    <Panel title={t("datasets.cite")}>
      <Text size="sm" style={{ userSelect: "all", overflowWrap: "anywhere" }}>
        {t("datasets.citeText", {
          name: release.name,
          number: release.number,
          date: formatMoment(release.created_at).slice(0, 10),
          cases: t("datasets.countCases", { count: release.cases }),
          source,
          sha: release.archives[0]?.sha256 ?? "–",
        })}
      </Text>
      <Text size="sm" c="dimmed" mt="sm">
        {t("datasets.protocol")} {release.protocol_version} · {t("datasets.seed")} {release.definition.seed}
      </Text>
    </Panel>
  );
}

export default function ReleasePage() {
  const { t } = useTranslation();
  const { releaseId = "" } = useParams();
  const release = useQuery({
    queryKey: ["release", releaseId],
    queryFn: () => take(client.GET("/api/releases/{release_id}", { params: { path: { release_id: releaseId } } })),
  });
  return (
    <Page
      title={release.data?.name ?? t("datasets.title")}
      trail={
        <Group>
          <Anchor component={Link} to=".." relative="path" size="sm">
            {t("datasets.back")}
          </Anchor>
        </Group>
      }
      testId="release-page"
    >
      <Loaded query={release}>
        {(data) => (
          <Stack gap="lg">
            <ReleaseCard release={data} />
            <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
              <Panel title={t("datasets.splitName")}>
                <SplitTable counts={data} />
                <MissingList missing={data.missing} />
              </Panel>
              <CitePanel release={data} />
            </SimpleGrid>
            {data.state === "frozen" ? <ManifestPanel release={data} /> : null}
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}
