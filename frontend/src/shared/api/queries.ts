import { QueryClient } from "@tanstack/react-query";

import { asApiError } from "./errors";

/** Server state for all pages. Data stays fresh through events, so coming back to a page does not ask again at once. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (count, error) => {
        const { passing, code } = asApiError(error);
        return passing && count < (code === "being_prepared" ? 20 : 3); // a large series that came just now is coming
      },
      refetchOnWindowFocus: true,
      // The server may be this very machine: ask it also where the browser knows of no network, instead of waiting mutely.
      networkMode: "always",
      refetchOnReconnect: true,
    },
    mutations: { retry: false, networkMode: "always" },
  },
});

/** Asks anew for what this page shows and could not load. */
export function askAgain(client: QueryClient): void {
  void client.refetchQueries({ type: "active", predicate: ({ state }) => state.status === "error" });
}
