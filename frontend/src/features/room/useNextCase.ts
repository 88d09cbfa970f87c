import { notifications } from "@mantine/notifications";
import { useCallback, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { client, take } from "@/shared/api/client";
import { queryClient } from "@/shared/api/queries";
import type { Schemas } from "@/shared/api/types";

import { dropNext, fetchNext, nextFetched, refreshNext } from "./ahead";
import { useRoom } from "./store";
import { isBeingSubmitted } from "./submitting";

type Row = Schemas["WorklistRow"];

/** Images of the case on the screen come first; the next one waits a moment after them. */
const PAUSE_MS = 500;
/** What is known of the next case is asked for again so often: nothing of it is older than a minute when it opens. */
const AGAIN_MS = 30_000;
/** A room that opens within this time after another one takes over what was fetched for it. */
const HANDOVER_MS = 1500;

/** The reading to go to: the first after this one that is not submitted, starting over at the top of the list. */
export function readingAfter(rows: readonly Row[], reading: string): string | null {
  const at = rows.findIndex((row) => row.reading === reading);
  const order = [...rows.slice(at + 1), ...rows.slice(0, Math.max(0, at))];
  const open = (row: Row) => row.state !== "submitted" && row.reading !== reading && !isBeingSubmitted(row.reading);
  return order.find(open)?.reading ?? null;
}

async function findNext(reading: string): Promise<string | null> {
  const rows = await queryClient.fetchQuery({
    queryKey: ["worklist", "all"],
    queryFn: () => take(client.GET("/api/worklist")),
    staleTime: 0,
  });
  return readingAfter(rows, reading);
}

/** Go to the next case of the worklist; the present one may stay unfinished. */
export function useNextCase(reading: string): () => void {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return useCallback(() => {
    void (async () => {
      const fetched = nextFetched();
      const next = fetched && fetched !== reading ? fetched : await findNext(reading);
      if (next) {
        await navigate(`/readings/${next}`, { flushSync: true }); // the room at once, not in slices between frames
      } else {
        notifications.show({ message: t("room.worklistEmpty"), color: "green" });
        await navigate("/worklist");
      }
    })().catch(() => notifications.show({ message: t("common.error.offline"), color: "red" }));
  }, [navigate, reading, t]);
}

let openRooms = 0;

/** Fetch the next case while the reader works on this one, once its own images are here. */
export function useFetchAhead(reading: string): void {
  const loaded = useRoom(
    ({ phase, imagesReady, loading }) => phase === "ready" && imagesReady && loading.loaded >= loading.total,
  );
  const fetched = useRef(reading);
  useEffect(() => {
    if (!loaded) {
      return undefined;
    }
    const ask = async () => {
      const next = await findNext(reading);
      const known = next !== null && next === fetched.current;
      fetched.current = next ?? "";
      if (!next) {
        dropNext();
        return;
      }
      fetchNext(next);
      if (known) {
        await refreshNext(next);
      }
    };
    const run = () => void ask().catch(() => dropNext()); // it is asked for again when the reader goes on
    const timer = setTimeout(run, PAUSE_MS);
    const again = setInterval(run, AGAIN_MS);
    return () => {
      clearTimeout(timer);
      clearInterval(again);
    };
  }, [loaded, reading]);
  useEffect(() => {
    openRooms += 1;
    return () => {
      openRooms -= 1;
      setTimeout(() => openRooms === 0 && dropNext(fetched.current), HANDOVER_MS);
    };
  }, []);
}
