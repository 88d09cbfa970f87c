import { Button, Code, Modal, Progress, SegmentedControl, Stack, Table, Text, UnstyledButton } from "@mantine/core";
import { IconListCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { client, take } from "@/shared/api/client";
import { isLive, listJobs, type Job } from "@/shared/api/jobs";
import { formatMoment, formatShare } from "@/shared/format";
import { EmptyState } from "@/shared/ui/EmptyState";
import { JobButtons, JobProgress, JobState } from "@/shared/ui/JobProgress";
import { Loaded } from "@/shared/ui/Loaded";
import { Page } from "@/shared/ui/Page";
import { Panel } from "@/shared/ui/Panel";
import { jobMessage, jobTitle } from "@/shared/ui/jobTexts";

type Filter = "all" | "live" | "failed";

const passes: Readonly<Record<Filter, (job: Job) => boolean>> = {
  all: () => true,
  live: isLive,
  failed: (job) => job.state === "failed",
};

function JobLog({ job }: { job: Job }) {
  const { t } = useTranslation();
  const log = useQuery({
    queryKey: ["job-log", job.id],
    queryFn: () => take(client.GET("/api/jobs/{job_id}/log", { params: { path: { job_id: job.id } } })),
  });
  return (
    <Stack>
      <JobProgress job={job} title={jobTitle(t, job.kind)} />
      <Text size="xs" c="dimmed">
        {t("common.job.attempt", { n: job.attempts, max: job.max_attempts })} · {job.subject}
      </Text>
      <Loaded query={log} rows={3}>
        {(lines) => (
          <Code block mah={400} style={{ overflow: "auto" }} data-testid="job-log">
            {lines.length === 0
              ? t("jobs.logEmpty")
              : lines.map((line) => `${formatMoment(line.at)}  ${line.text}`).join("\n")}
          </Code>
        )}
      </Loaded>
    </Stack>
  );
}

function JobRow({ job, onOpen }: { job: Job; onOpen: () => void }) {
  const { t } = useTranslation();
  return (
    <Table.Tr data-testid="job-row" data-kind={job.kind} data-state={job.state}>
      <Table.Td>
        <UnstyledButton onClick={onOpen} data-testid="job-open">
          <Text size="sm" c="var(--fid-accent)">
            {jobTitle(t, job.kind)}
          </Text>
        </UnstyledButton>
      </Table.Td>
      <Table.Td>
        <JobState job={job} />
      </Table.Td>
      <Table.Td w={200}>
        {isLive(job) ? <Progress value={job.progress * 100} size={6} aria-label={formatShare(job.progress)} /> : null}
      </Table.Td>
      <Table.Td maw={480}>
        <Text size="sm" truncate c={job.state === "failed" ? "var(--fid-red)" : "dimmed"}>
          {jobMessage(t, job)}
        </Text>
      </Table.Td>
      <Table.Td className="fid-figure">{formatMoment(job.started_at)}</Table.Td>
      <Table.Td className="fid-figure">{formatMoment(job.finished_at)}</Table.Td>
      <Table.Td w={56}>
        <JobButtons job={job} />
      </Table.Td>
    </Table.Tr>
  );
}

export default function JobsPage() {
  const { t } = useTranslation();
  const [filter, setFilter] = useState<Filter>("all");
  const [openId, setOpenId] = useState<string | null>(null);
  const jobs = useQuery({ queryKey: ["jobs", "page"], queryFn: () => listJobs({ limit: 200 }) });
  const openJob = jobs.data?.find((job) => job.id === openId);
  return (
    <Page
      title={t("jobs.title")}
      lead={t("jobs.lead")}
      testId="jobs-page"
      actions={
        <SegmentedControl
          value={filter}
          onChange={(value) => setFilter(value as Filter)}
          data={(["all", "live", "failed"] as const).map((value) => ({ value, label: t(`jobs.filter.${value}`) }))}
          data-testid="jobs-filter"
        />
      }
    >
      <Panel flush>
        <Loaded query={jobs}>
          {(all) => {
            const rows = all.filter(passes[filter]);
            if (rows.length === 0) {
              const none = all.length === 0;
              return (
                <EmptyState
                  icon={IconListCheck}
                  title={t(none ? "jobs.empty" : "jobs.noMatch")}
                  text={t(none ? "jobs.emptyText" : "jobs.noMatchText")}
                  action={
                    none ? null : (
                      <Button variant="default" onClick={() => setFilter("all")}>
                        {t("jobs.showAll")}
                      </Button>
                    )
                  }
                />
              );
            }
            return (
              <Table highlightOnHover>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t("jobs.kind")}</Table.Th>
                    <Table.Th>{t("common.state")}</Table.Th>
                    <Table.Th>{t("jobs.progress")}</Table.Th>
                    <Table.Th>{t("jobs.message")}</Table.Th>
                    <Table.Th ta="right">{t("jobs.started")}</Table.Th>
                    <Table.Th ta="right">{t("jobs.finished")}</Table.Th>
                    <Table.Th />
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {rows.map((job) => (
                    <JobRow key={job.id} job={job} onOpen={() => setOpenId(job.id)} />
                  ))}
                </Table.Tbody>
              </Table>
            );
          }}
        </Loaded>
      </Panel>
      <Modal opened={Boolean(openJob)} onClose={() => setOpenId(null)} title={t("jobs.log")} size="lg">
        {openJob ? <JobLog job={openJob} /> : null}
      </Modal>
    </Page>
  );
}
