import { useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useCallback } from "react";
import { create } from "zustand";

import { client, take } from "@/shared/api/client";
import type { Schemas } from "@/shared/api/types";

export type Session = Schemas["Session"];
export type SessionUser = Schemas["SessionUser"];
export type Role = "manager" | "reader" | "adjudicator" | "engineer" | "researcher";

export const sessionKey = ["session"] as const;

interface SessionEnd {
  /** True when the server said 401 while somebody was at work: sign in again over the page, which stays. */
  ended: boolean;
  /** Id of who signed in last on this page, or "" while that is unknown. */
  person: string;
}

export const useSessionEnd = create<SessionEnd>(() => ({ ended: false, person: "" }));

/** Who is signed in, and as what. */
export function useSession(): UseQueryResult<Session> {
  return useQuery({
    queryKey: sessionKey,
    queryFn: () => take(client.GET("/api/session")),
    staleTime: Infinity,
  });
}

/** True when `session` holds one of the roles in the team; administrators hold every role. */
export function hasRole(session: Session | undefined, team: string | undefined, ...roles: Role[]): boolean {
  if (!session?.user) return false;
  if (session.user.is_administrator) return true;
  return roles.some((role) => (team ? (session.roles[team] ?? []) : []).includes(role));
}

/** True when `session` holds one of the roles in any team. */
export function hasRoleAnywhere(session: Session | undefined, ...roles: Role[]): boolean {
  if (!session?.user) return false;
  if (session.user.is_administrator) return true;
  return Object.values(session.roles).some((held) => roles.some((role) => held.includes(role)));
}

/** Returns a function that takes up a new session after signing in. */
export function useTakeSession(): (session: Session) => void {
  const queries = useQueryClient();
  return useCallback(
    (session: Session) => {
      const before = queries.getQueryData<Session>(sessionKey);
      const samePerson = before?.user?.id === session.user?.id;
      if (!samePerson) queries.removeQueries({ predicate: (query) => query.queryKey[0] !== sessionKey[0] });
      queries.setQueryData(sessionKey, session);
      useSessionEnd.setState({ ended: false, person: session.user?.id ?? "" });
      void queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== sessionKey[0] });
    },
    [queries],
  );
}
