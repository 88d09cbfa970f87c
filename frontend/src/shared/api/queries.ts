import { QueryClient } from "@tanstack/react-query";

import { asApiError } from "./errors";

/** Server state for all pages. Data stays fresh through events, so coming back to a page does not ask again at once. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (count, error) => asApiError(error).passing && count < 3,
      refetchOnWindowFocus: true,
    },
    mutations: { retry: false },
  },
});
