import { Badge, Button, Popover, ScrollArea, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconListCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { isLive, listJobs } from "@/shared/api/jobs";
import { JobProgress } from "@/shared/ui/JobProgress";
import { jobTitle } from "@/shared/ui/jobTexts";

const shown = 6;

/** The newest jobs, in one fixed place of every page. */
export function JobsTray() {
  const { t } = useTranslation();
  const [opened, tray] = useDisclosure(false);
  const jobs = useQuery({ queryKey: ["jobs", "tray"], queryFn: () => listJobs({ limit: 30 }) });
  const all = jobs.data ?? [];
  const running = all.filter(isLive);
  const listed = [...running, ...all.filter((job) => !isLive(job))].slice(0, shown);
  return (
    <Popover opened={opened} onChange={tray.toggle} position="bottom-end" width={400} shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant="subtle"
          color="gray"
          px={8}
          leftSection={<IconListCheck size={18} />}
          rightSection={
            running.length > 0 ? (
              <Badge size="sm" circle>
                {running.length}
              </Badge>
            ) : null
          }
          onClick={tray.toggle}
          data-testid="jobs-tray"
          data-running={running.length}
        >
          {t("jobs.tray")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="md">
        <Stack gap="md">
          {listed.length === 0 ? (
            <Text size="sm" c="dimmed">
              {t("jobs.trayEmpty")}
            </Text>
          ) : (
            <ScrollArea.Autosize mah={400}>
              <Stack gap="md">
                {listed.map((job) => (
                  <JobProgress key={job.id} job={job} title={jobTitle(t, job.kind)} />
                ))}
              </Stack>
            </ScrollArea.Autosize>
          )}
          <Button component={Link} to="/jobs" variant="default" size="xs" onClick={tray.close} data-testid="jobs-all">
            {t("jobs.trayAll")}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
