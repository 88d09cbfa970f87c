import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";

import { projectQuery, type Project } from "@/shared/api/projects";
import { hasRole, useSession } from "@/shared/session/session";

interface ProjectView {
  project: Project | undefined;
  projectId: string;
  isManager: boolean;
  /** True for those who may see all cases: managers, adjudicators, engineers. */
  seesCases: boolean;
}

/** The project of the address, with what this person may do in it. The layout loads it, so pages find it there. */
export function useProject(): ProjectView {
  const { projectId = "" } = useParams();
  const session = useSession();
  const { data: project } = useQuery(projectQuery(projectId));
  const team = project?.team;
  return {
    project,
    projectId,
    isManager: hasRole(session.data, team, "manager"),
    seesCases: hasRole(session.data, team, "manager", "adjudicator", "engineer"),
  };
}
