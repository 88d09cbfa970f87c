import { Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import type { Project } from "@/shared/api/projects";
import type { Schemas } from "@/shared/api/types";
import { formatMoment } from "@/shared/format";
import { Panel } from "@/shared/ui/Panel";
import { StateMark, type Tone } from "@/shared/ui/StateMark";
import { failureText } from "@/shared/ui/jobTexts";

import { draftsOptions } from "./DraftProgress";
import { Prelabel } from "./Prelabel";

const tones: Readonly<Record<Schemas["DraftOutcome"]["outcome"], Tone>> = {
  pending: "quiet",
  accepted: "good",
  edited: "active",
  rejected: "bad",
};

function DraftEntry({ draft }: { draft: Schemas["ProjectDraft"] }) {
  const { t } = useTranslation();
  return (
    <Stack gap={2} data-testid="case-draft" data-ready={draft.ready}>
      <Group justify="space-between">
        <Text size="sm" fw={500}>
          {draft.model_version.name}/{draft.model_version.number}
        </Text>
        <Text size="xs" c="dimmed">
          {draft.ready ? formatMoment(draft.created_at) : t(`common.job.${draft.state ?? "queued"}`)}
        </Text>
      </Group>
      {draft.error_message ? (
        <Text size="sm" c="var(--fid-red)">
          {failureText(t, draft)}
        </Text>
      ) : null}
      {draft.ready
        ? draft.readings.map((one) => (
            <StateMark
              key={one.reading}
              tone={tones[one.outcome]}
              text={`${one.reader.display_name}: ${t(`projects.outcome.${one.outcome}`)}`}
              testId="draft-outcome"
            />
          ))
        : null}
    </Stack>
  );
}

/** Drafts of one case, what each reader made of them, and a way to ask for another. */
export function CaseDrafts({ project, caseId }: { project: Project; caseId: string }) {
  const { t } = useTranslation();
  const drafts = useQuery(draftsOptions(project.id));
  const own = drafts.data?.find((entry) => entry.case.id === caseId)?.drafts ?? [];
  return (
    <Panel title={t("projects.case.drafts")} testId="case-drafts">
      <Stack gap="lg">
        {own.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t("projects.case.noDrafts")}
          </Text>
        ) : (
          own.map((draft) => <DraftEntry key={draft.id} draft={draft} />)
        )}
        {project.protocol ? <Prelabel project={project} caseId={caseId} /> : null}
      </Stack>
    </Panel>
  );
}
