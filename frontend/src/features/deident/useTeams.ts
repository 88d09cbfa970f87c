import { useQuery } from "@tanstack/react-query";

import { client, take } from "@/shared/api/client";
import { hasRole, useSession } from "@/shared/session/session";

/** The projects that one manages: each has a team of its own, whose profiles these are. */
export function useTeams() {
  const session = useSession();
  const projects = useQuery({ queryKey: ["projects"], queryFn: () => take(client.GET("/api/projects")) });
  return (projects.data ?? []).filter((project) => hasRole(session.data, project.team, "manager"));
}
