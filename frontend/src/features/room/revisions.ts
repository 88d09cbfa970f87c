/** The history of a reading, as the server keeps it. */

import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import type { TFunction } from "i18next";

import { client, take } from "@/shared/api/client";
import type { Schemas } from "@/shared/api/types";
import { formatMoment } from "@/shared/format";

import { useRoom } from "./store";

export type Revision = Schemas["Revision"];

/** The revisions, the newest first; asked for anew whenever there is a newer one. */
export function useRevisions(reading: string, enabled: boolean): UseQueryResult<readonly Revision[]> {
  const head = useRoom((state) => state.save.head);
  return useQuery({
    queryKey: ["room-revisions", reading, head],
    queryFn: () =>
      take(client.GET("/api/readings/{reading_id}/revisions", { params: { path: { reading_id: reading } } })),
    enabled,
    placeholderData: (before) => before,
    select: (rows) => [...rows].sort((a, b) => b.number - a.number),
  });
}

/** With what a revision was made. */
export function madeWith(t: TFunction, { kind, tool }: Revision): string {
  return kind === "edit" ? t(`room.tool.${tool.replace(":", "-")}`, { defaultValue: tool }) : t(`room.kind.${kind}`);
}

/** Who or what made a revision. */
export const madeBy = ({ author, model_version }: Revision): string => author?.display_name ?? model_version;

export function clock(date: Date): string {
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

/** Day and time to the second. */
export const madeAt = (moment: string): string => `${formatMoment(moment).slice(0, 10)} ${clock(new Date(moment))}`;
