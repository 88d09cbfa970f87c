import { Box, Group, NavLink, Text } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";

import type { Project } from "@/shared/api/projects";
import { EmptyState } from "@/shared/ui/EmptyState";
import { useTitle } from "@/shared/ui/useTitle";

import { AiStep } from "./setup/AiStep";
import { DataStep } from "./setup/DataStep";
import { FormStep } from "./setup/FormStep";
import { LabelsStep } from "./setup/LabelsStep";
import { LiveStep } from "./setup/LiveStep";
import { ReadersStep } from "./setup/ReadersStep";
import { RulesStep } from "./setup/RulesStep";
import { useProject } from "./useProject";

const steps: readonly { key: string; step: ComponentType<{ project: Project }> }[] = [
  { key: "data", step: DataStep },
  { key: "labels", step: LabelsStep },
  { key: "form", step: FormStep },
  { key: "readers", step: ReadersStep },
  { key: "ai", step: AiStep },
  { key: "rules", step: RulesStep },
  { key: "live", step: LiveStep },
];

/** The set-up in steps down the left; each is saved by itself and can be changed later. */
export default function SetupPage() {
  const { t } = useTranslation();
  const { step: open = "data" } = useParams();
  const { project, isManager } = useProject();
  const present = steps.find(({ key }) => key === open) ?? steps[0];
  useTitle(t(`projects.step.${present?.key ?? "data"}`));
  if (!project || !present) return null;
  if (!isManager) {
    return <EmptyState icon={IconLock} title={t("projects.tab.setup")} text={t("projects.onlyManagers")} />;
  }
  const Step = present.step;
  return (
    <Group align="flex-start" gap="lg" wrap="nowrap" px="xl" py="lg" maw={1440} mx="auto" data-testid="setup-page">
      <Box component="nav" w={184} style={{ flex: "0 0 auto" }} aria-label={t("projects.tab.setup")}>
        {steps.map(({ key }, index) => (
          <NavLink
            key={key}
            component={Link}
            to={`/projects/${project.id}/set-up/${key}`}
            active={key === present.key}
            variant="light"
            label={t(`projects.step.${key}`)}
            description={t(`projects.stepHint.${key}`)}
            leftSection={
              <Text size="sm" c="dimmed" w={16} ta="center">
                {index + 1}
              </Text>
            }
            style={{ borderRadius: 4 }}
            data-testid={`step-${key}`}
          />
        ))}
      </Box>
      <Box style={{ flex: 1, minWidth: 0 }}>
        <Step key={`${project.id}-${present.key}`} project={project} />
      </Box>
    </Group>
  );
}
