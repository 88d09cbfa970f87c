import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { client, take } from "@/shared/api/client";
import { sessionKey, useSession } from "@/shared/session/session";
import { useAction } from "@/shared/ui/useAction";

import { useOwnKeys, type OwnKeys } from "./hotkeys";

/** Bring the person's own keys from their account into the room. Re-renders the caller when they change. */
export function useTakeOwnKeys(): OwnKeys {
  const hotkeys = useSession().data?.user?.hotkeys;
  useEffect(() => {
    if (hotkeys && useOwnKeys.getState().own !== hotkeys) {
      useOwnKeys.setState({ own: hotkeys });
    }
  }, [hotkeys]);
  return useOwnKeys((state) => state.own);
}

/** Keep other keys: they work at once; when the server does not take them, the former ones are back. */
export function useSaveKeys() {
  const queries = useQueryClient();
  return useAction<OwnKeys>({
    run: async (own) => {
      const before = useOwnKeys.getState().own;
      useOwnKeys.setState({ own });
      const hotkeys = Object.fromEntries(Object.entries(own).map(([command, keys]) => [command, [...keys]]));
      try {
        queries.setQueryData(sessionKey, await take(client.PATCH("/api/session", { body: { hotkeys } })));
      } catch (error) {
        useOwnKeys.setState({ own: before });
        throw error;
      }
    },
    quiet: true,
  });
}
