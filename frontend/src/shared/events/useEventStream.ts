import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { askAgain } from "@/shared/api/queries";

import { EventStream, onEvent, useConnection } from "./events";
import { staleKeys } from "./invalidate";

const gatherMs = 250;

/** Marks data stale as events come; many events within a quarter second (a job's progress) ask the server once. */
export function invalidateByEvents(client: QueryClient): () => void {
  const waiting = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = onEvent((event) => {
    for (const key of staleKeys(event.kind)) waiting.add(key);
    timer ??= setTimeout(() => {
      timer = undefined;
      const keys = new Set(waiting);
      waiting.clear();
      void client.invalidateQueries({ predicate: (query) => keys.has(String(query.queryKey[0])) });
    }, gatherMs);
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}

/** Keeps the page in step with the server while somebody is signed in. */
export function useEventStream(signedIn: boolean, onSignedOut: () => void): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!signedIn) return undefined;
    const stopListening = invalidateByEvents(client);
    const stopWatching = useConnection.subscribe(({ state }, before) => {
      if (state === "live" && before.state === "lost") askAgain(client); // the server is back
    });
    const stream = new EventStream({ onFresh: () => void client.invalidateQueries(), onSignedOut });
    stream.start();
    return () => {
      stream.stop();
      stopWatching();
      stopListening();
    };
  }, [client, signedIn, onSignedOut]);
}
