import { useTranslation } from "react-i18next";

import type { Project } from "@/shared/api/projects";
import { StateMark } from "@/shared/ui/StateMark";

const tones = { draft: "needs", live: "active", closed: "quiet" } as const;

export function ProjectStateMark({ state }: { state: Project["state"] }) {
  const { t } = useTranslation();
  return <StateMark tone={tones[state]} text={t(`projects.state.${state}`)} testId="project-state" />;
}
