import { Anchor, Button, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";

import type { Import } from "@/shared/api/archive";
import { formatMoment } from "@/shared/format";
import { Loaded } from "@/shared/ui/Loaded";
import { Page } from "@/shared/ui/Page";
import { Panel } from "@/shared/ui/Panel";
import { StateMark } from "@/shared/ui/StateMark";

import { countOf, FileList } from "./FileList";
import { fileStates, importQuery, stateTones } from "./imports";
import { IndexingLine } from "./IndexingLine";

const listedStudies = 12;

function Studies({ uids }: { uids: readonly string[] }) {
  const { t } = useTranslation();
  return (
    <Group gap="sm" data-testid="import-studies">
      <Text size="sm" c="dimmed">
        {uids.length === 0 ? t("intake.studiesNone") : t("intake.studiesMade", { count: uids.length })}
      </Text>
      {uids.slice(0, listedStudies).map((uid) => (
        <Anchor key={uid} component={Link} to={`/studies/${uid}`} className="fid-mono" title={uid}>
          {`…${uid.slice(-16)}`}
        </Anchor>
      ))}
    </Group>
  );
}

function Summary({ row }: { row: Import }) {
  const { t } = useTranslation();
  return (
    <Stack gap="lg">
      <SimpleGrid cols={4}>
        {fileStates.map((state) => (
          <Stack key={state} gap={2}>
            <Text size="xl" fw={600}>
              {countOf(row, state)}
            </Text>
            <StateMark tone={stateTones[state]} text={t(`intake.state.${state}`)} />
          </Stack>
        ))}
      </SimpleGrid>
      <IndexingLine row={row} />
      <Studies uids={row.studies} />
    </Stack>
  );
}

/** One import: its totals, the studies it made, and what became of every file. */
export default function ImportDetailPage() {
  const { t } = useTranslation();
  const { importId = "" } = useParams();
  const row = useQuery(importQuery(importId));
  const data = row.data;
  return (
    <Page
      title={data?.name || t("intake.titleNow")}
      lead={data ? `${formatMoment(data.created_at)} · ${data.source}` : null}
      trail={
        <Anchor component={Link} to="/import" size="sm">
          {t("intake.all")}
        </Anchor>
      }
      actions={
        data && data.set_aside > 0 ? (
          <Button
            variant="default"
            component={Link}
            to={`/set-aside?import=${importId}`}
            data-testid="import-set-aside"
          >
            {t("intake.lookSetAside", { count: data.set_aside })}
          </Button>
        ) : null
      }
      width={1200}
      testId="import-detail"
    >
      <Panel>
        <Loaded query={row} rows={1} rowHeight={112}>
          {(found) => <Summary row={found} />}
        </Loaded>
      </Panel>
      <Panel title={t("intake.files")} flush>
        <FileList key={importId} importId={importId} row={data} live={data?.state === "open"} height={540} />
      </Panel>
    </Page>
  );
}
