import { Stack, Switch, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Project } from "@/shared/api/projects";
import { Panel } from "@/shared/ui/Panel";

import { DraftProgress } from "../DraftProgress";
import { Prelabel } from "../Prelabel";
import { protocolDraft } from "../protocol";
import { SaveBar } from "./SaveBar";
import { useSaveProtocol } from "./useSaveProtocol";

export function AiStep({ project }: { project: Project }) {
  const { t } = useTranslation();
  const [drafts, setDrafts] = useState(protocolDraft(project.protocol, {}).ai_drafts);
  const save = useSaveProtocol(project);
  return (
    <Stack gap="lg">
      <Panel title={t("projects.step.ai")}>
        <Stack>
          <Switch
            label={t("projects.ai.drafts")}
            description={t("projects.ai.draftsHint")}
            checked={drafts}
            onChange={(event) => setDrafts(event.currentTarget.checked)}
            data-testid="ai-drafts"
          />
          <SaveBar
            problems={[]}
            texts=""
            error={save.error}
            saving={save.isPending}
            version={project.protocol?.version}
            {...(project.protocol ? {} : { blocked: t("projects.needLabels") })}
            testId="ai-save"
            onSave={() => save.mutate({ ai_drafts: drafts })}
          />
        </Stack>
      </Panel>
      <Panel title={t("projects.ai.prelabel")} testId="prelabel-panel">
        <Stack>
          <Text size="sm" c="dimmed">
            {t("projects.ai.prelabelText")}
          </Text>
          {project.protocol ? (
            <Prelabel project={project} />
          ) : (
            <Text size="sm" c="var(--fid-amber)">
              {t("projects.needLabels")}
            </Text>
          )}
          <DraftProgress projectId={project.id} always />
        </Stack>
      </Panel>
    </Stack>
  );
}
