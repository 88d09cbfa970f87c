import { ActionIcon, Box, Group, Progress, Stack, Text, Tooltip } from "@mantine/core";
import { IconPlayerStop, IconRefresh } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { cancelJob, isLive, retryJob, type Job } from "@/shared/api/jobs";
import { durationParts, formatShare, secondsLeft } from "@/shared/format";
import { useNow } from "@/shared/useNow";

import { jobMessage } from "./jobTexts";
import { StateMark, type Tone } from "./StateMark";
import { useAction } from "./useAction";

const tones: Readonly<Record<string, Tone>> = {
  queued: "quiet",
  running: "active",
  succeeded: "good",
  failed: "bad",
  cancelled: "quiet",
};

/** A job's state in words. */
export function JobState({ job }: { job: Job }) {
  const { t } = useTranslation();
  const cancelling = job.cancel_requested && isLive(job);
  return (
    <StateMark
      tone={tones[job.state] ?? "quiet"}
      text={t(cancelling ? "common.job.cancelling" : `common.job.${job.state}`)}
      testId="job-state"
    />
  );
}

/** Cancel while it runs, run again after it failed; `stale` names what else a page shows of it. */
export function JobButtons({ job, stale = [] }: { job: Job; stale?: readonly string[] }) {
  const { t } = useTranslation();
  const cancel = useAction({ run: () => cancelJob(job.id), stale: ["jobs", "job", ...stale] });
  const retry = useAction({ run: () => retryJob(job.id), stale: ["jobs", "job", ...stale] });
  if (isLive(job)) {
    return (
      <Tooltip label={t("common.job.cancel")}>
        <ActionIcon
          variant="default"
          disabled={job.cancel_requested || cancel.isPending}
          onClick={() => cancel.mutate()}
          aria-label={t("common.job.cancel")}
          data-testid="job-cancel"
        >
          <IconPlayerStop size={16} />
        </ActionIcon>
      </Tooltip>
    );
  }
  if (job.state !== "failed" && job.state !== "cancelled") return null;
  return (
    <Tooltip label={t("common.job.retry")}>
      <ActionIcon
        variant="default"
        disabled={retry.isPending}
        onClick={() => retry.mutate()}
        aria-label={t("common.job.retry")}
        data-testid="job-retry"
      >
        <IconRefresh size={16} />
      </ActionIcon>
    </Tooltip>
  );
}

/** One job with its bar, time left, and the buttons to cancel it or run it again. */
export function JobProgress({ job, title }: { job: Job; title: string }) {
  const { t } = useTranslation();
  const now = useNow(5000);
  const left = job.state === "running" ? secondsLeft(job.started_at ?? null, job.progress, now) : null;
  const parts = left === null ? null : durationParts(left);
  const leftText = parts ? t("common.job.left", { duration: t(`common.duration.${parts.unit}`, { n: parts.n }) }) : "";
  return (
    <Group gap="md" wrap="nowrap" data-testid="job-progress" data-state={job.state} align="center">
      <Stack gap={4} style={{ flex: 1, minWidth: 0 }}>
        <Group justify="space-between" gap="sm" wrap="nowrap">
          <Text size="sm" fw={500} truncate>
            {title}
          </Text>
          <JobState job={job} />
        </Group>
        {isLive(job) ? <Progress value={job.progress * 100} size={4} aria-label={title} /> : null}
        <Group justify="space-between" gap="sm" wrap="nowrap" mih={20}>
          <Text size="xs" c={job.state === "failed" ? "var(--fid-red)" : "dimmed"} lineClamp={2}>
            {jobMessage(t, job)}
          </Text>
          <Text size="xs" c="dimmed" className="fid-figure">
            {job.state === "running" ? `${formatShare(job.progress)} ${leftText}` : ""}
          </Text>
        </Group>
      </Stack>
      <Box w={28}>
        <JobButtons job={job} />
      </Box>
    </Group>
  );
}
