import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { client, take } from "@/shared/api/client";
import type { Schemas } from "@/shared/api/types";

type Row = Schemas["WorklistRow"];

/** The reading to go to: the first after this one that is not submitted, starting over at the top of the list. */
export function readingAfter(rows: readonly Row[], reading: string): string | null {
  const at = rows.findIndex((row) => row.reading === reading);
  const order = [...rows.slice(at + 1), ...rows.slice(0, Math.max(0, at))];
  return order.find((row) => row.state !== "submitted" && row.reading !== reading)?.reading ?? null;
}

/** Go to the next case of the worklist; the present one may stay unfinished. */
export function useNextCase(reading: string): () => void {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  return useCallback(() => {
    void (async () => {
      const rows = await queries.fetchQuery({
        queryKey: ["worklist", "all"],
        queryFn: () => take(client.GET("/api/worklist")),
        staleTime: 0,
      });
      const next = readingAfter(rows, reading);
      if (next) {
        await navigate(`/readings/${next}`);
      } else {
        notifications.show({ message: t("room.worklistEmpty"), color: "green" });
        await navigate("/worklist");
      }
    })().catch(() => notifications.show({ message: t("common.error.offline"), color: "red" }));
  }, [navigate, queries, reading, t]);
}
