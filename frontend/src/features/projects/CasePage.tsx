import { Anchor, Button, Group, SimpleGrid, Stack, Table, Text, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";

import { client, take } from "@/shared/api/client";
import { listJobs } from "@/shared/api/jobs";
import type { Schemas } from "@/shared/api/types";
import { formatMoment } from "@/shared/format";
import { ConfirmButton } from "@/shared/ui/ConfirmButton";
import { JobProgress } from "@/shared/ui/JobProgress";
import { Loaded } from "@/shared/ui/Loaded";
import { Page } from "@/shared/ui/Page";
import { Panel } from "@/shared/ui/Panel";
import { StateMark } from "@/shared/ui/StateMark";
import { jobTitle } from "@/shared/ui/jobTexts";
import { useAction } from "@/shared/ui/useAction";

import { AgreementPanel } from "./AgreementPanel";
import { CaseDrafts } from "./CaseDrafts";
import { ConsensusPanel } from "./ConsensusPanel";
import { readingTones } from "./readingTones";
import { useProject } from "./useProject";

type CaseDetail = Schemas["CaseDetail"];
type CaseReading = Schemas["CaseReading"];

function ReturnButton({ reading }: { reading: CaseReading }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const name = reading.reader.display_name;
  const send = useAction({
    run: () =>
      take(
        client.POST("/api/readings/{reading_id}/return", {
          params: { path: { reading_id: reading.id } },
          body: { reason: reason.trim() },
        }),
      ),
    stale: ["case", "cases", "progress"],
    onDone: () => setReason(""),
  });
  return (
    <ConfirmButton
      size="xs"
      title={t("projects.case.returnTitle", { name })}
      text={t("projects.case.returnText")}
      confirm={t("projects.case.return")}
      ready={reason.trim().length > 0}
      extra={
        <Textarea
          label={t("projects.case.reason")}
          required
          autosize
          minRows={2}
          data-autofocus
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          data-testid="return-reason"
        />
      }
      onConfirm={() => send.mutate()}
      testId="reading-return"
    >
      {t("projects.case.return")}
    </ConfirmButton>
  );
}

function ReadingsPanel({ readings, isManager }: { readings: readonly CaseReading[]; isManager: boolean }) {
  const { t } = useTranslation();
  return (
    <Panel title={t("projects.case.readings")} flush>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("projects.case.reader")}</Table.Th>
            <Table.Th>{t("common.state")}</Table.Th>
            <Table.Th ta="right">{t("projects.case.submittedAt")}</Table.Th>
            <Table.Th />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {readings.map((reading) => (
            <Table.Tr key={reading.id} data-testid="reading-row" data-state={reading.state} data-reading={reading.id}>
              <Table.Td>{reading.reader.display_name}</Table.Td>
              <Table.Td>
                <StateMark tone={readingTones[reading.state]} text={t(`common.reading.${reading.state}`)} />
                {reading.not_readable ? (
                  <Text size="xs" c="var(--fid-amber)" data-testid="reading-not-readable">
                    {t("forms.notReadableConfirm")}: {t(`forms.reason.${reading.not_readable.reason}`)}{" "}
                    {reading.not_readable.text}
                  </Text>
                ) : null}
              </Table.Td>
              <Table.Td className="fid-figure">{formatMoment(reading.submitted_at)}</Table.Td>
              <Table.Td>
                <Group gap="sm" justify="flex-end" wrap="nowrap">
                  <Button
                    component={Link}
                    to={`/readings/${reading.id}`}
                    size="xs"
                    variant="default"
                    data-testid="reading-look"
                  >
                    {t("projects.case.look")}
                  </Button>
                  {isManager && reading.state === "submitted" ? <ReturnButton reading={reading} /> : null}
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Panel>
  );
}

function CaseJobs({ caseId }: { caseId: string }) {
  const { t } = useTranslation();
  const jobs = useQuery({
    queryKey: ["jobs", "case", caseId],
    queryFn: () => listJobs({ subject: `case:${caseId}`, limit: 5 }),
  });
  if (!jobs.data?.length) return null;
  return (
    <Panel title={t("projects.case.jobs")}>
      <Stack>
        {jobs.data.map((job) => (
          <JobProgress key={job.id} job={job} title={jobTitle(t, job.kind)} />
        ))}
      </Stack>
    </Panel>
  );
}

function CaseBody({ data }: { data: CaseDetail }) {
  const { t } = useTranslation();
  const { project, isManager } = useProject();
  return (
    <Stack gap="lg">
      <ReadingsPanel readings={data.readings} isManager={isManager} />
      <AgreementPanel data={data} />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Stack gap="lg">
          <ConsensusPanel data={data} />
          <Panel title={t("projects.case.series")}>
            {data.series.map((series) => (
              <Text size="sm" key={series.series_uid}>
                {series.modality} {series.description}{" "}
                <Text span c="dimmed">
                  {t("projects.case.images", { count: series.frame_count })}
                </Text>
              </Text>
            ))}
          </Panel>
          <CaseJobs caseId={data.id} />
        </Stack>
        {project ? <CaseDrafts project={project} caseId={data.id} /> : null}
      </SimpleGrid>
    </Stack>
  );
}

export default function CasePage() {
  const { t } = useTranslation();
  const { caseId = "", projectId = "" } = useParams();
  const detail = useQuery({
    queryKey: ["case", caseId],
    queryFn: () => take(client.GET("/api/cases/{case_id}", { params: { path: { case_id: caseId } } })),
  });
  return (
    <Page
      title={detail.data ? t("projects.case.title", { number: detail.data.number }) : t("projects.tab.cases")}
      lead={detail.data ? [detail.data.modality, detail.data.study_description].filter(Boolean).join(" · ") : null}
      trail={
        <Anchor component={Link} to={`/projects/${projectId}/cases`} size="sm">
          {t("projects.case.all")}
        </Anchor>
      }
      testId="case-page"
    >
      <Loaded query={detail}>{(data) => <CaseBody data={data} />}</Loaded>
    </Page>
  );
}
