import { Box, CloseButton, Group } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { isLive, jobQuery } from "@/shared/api/jobs";
import { JobProgress } from "@/shared/ui/JobProgress";
import { jobTitle } from "@/shared/ui/jobTexts";
import { Panel } from "@/shared/ui/Panel";

import { staleAfter } from "./stale";
import { useManyJob } from "./manyJob";

/** How the job on many files goes, and how it ended. */
export function ManyJob() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const jobId = useManyJob((state) => state.jobId);
  const job = useQuery({
    ...jobQuery(jobId ?? ""),
    enabled: jobId !== null,
    refetchInterval: (query) => (query.state.data && !isLive(query.state.data) ? false : 1000),
  });
  const ended = job.data !== undefined && !isLive(job.data);
  useEffect(() => {
    if (!ended) return;
    const keys: readonly string[] = staleAfter;
    void queries.invalidateQueries({ predicate: (query) => keys.includes(String(query.queryKey[0])) });
  }, [ended, queries]);
  if (!job.data) return null;
  return (
    <Panel testId="set-aside-job">
      <Group wrap="nowrap" align="flex-start">
        <Box style={{ flex: 1, minWidth: 0 }}>
          <JobProgress job={job.data} title={jobTitle(t, job.data.kind)} />
        </Box>
        {ended ? (
          <CloseButton aria-label={t("common.close")} onClick={() => useManyJob.setState({ jobId: null })} />
        ) : null}
      </Group>
    </Panel>
  );
}
