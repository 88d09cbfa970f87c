import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient, type UseMutationResult } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { errorText, fieldErrors } from "./errorText";

interface ActionOptions<In, Out> {
  run: (input: In) => Promise<Out>;
  /** First parts of the query keys that this makes stale. */
  stale?: readonly string[];
  /** A short word of success; none when the page itself shows it. */
  done?: string;
  onDone?: (out: Out, input: In) => void;
  /** Keep the error off the corner notices, because the form shows it itself. */
  quiet?: boolean;
}

/** A change on the server: refreshes what it made stale, and says in the corner when it failed. */
export function useAction<In = void, Out = unknown>(
  options: ActionOptions<In, Out>,
): UseMutationResult<Out, Error, In> {
  const { t } = useTranslation();
  const client = useQueryClient();
  return useMutation<Out, Error, In>({
    mutationFn: options.run,
    onSuccess: async (out, input) => {
      const keys = new Set(options.stale);
      if (options.done) notifications.show({ message: options.done, color: "green", autoClose: 3000 });
      options.onDone?.(out, input);
      await client.invalidateQueries({ predicate: (query) => keys.has(String(query.queryKey[0])) });
    },
    onError: (error) => {
      if (options.quiet) return;
      const { what, todo } = errorText(t, error);
      const fields = Object.values(fieldErrors(error)).join(" ");
      notifications.show({ title: what, message: `${fields} ${todo}`.trim(), color: "red", autoClose: 12_000 });
    },
  });
}
