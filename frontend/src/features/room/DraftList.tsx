import { ActionIcon, Button, Group, Text, Tooltip } from "@mantine/core";
import { IconEye, IconEyeOff, IconSparkles } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { client, take } from "@/shared/api/client";
import type { Schemas } from "@/shared/api/types";
import { useAction } from "@/shared/ui/useAction";

import { setTool } from "./commands";
import styles from "./room.module.css";
import type { ReadingDetail, RoomSession } from "./session";
import { useRoom } from "./store";

type Draft = Schemas["Draft"];
type Action = Schemas["DecideRequest"]["action"];

/** Apart from the component: a query keeps all that its function can see for minutes, and a session holds the images. */
const useDrafts = (reading: ReadingDetail) =>
  useQuery({
    queryKey: ["reading-drafts", reading.id],
    queryFn: () =>
      take(client.GET("/api/readings/{reading_id}/drafts", { params: { path: { reading_id: reading.id } } })),
    enabled: reading.protocol.ai_drafts,
  });

/** What AI proposes for this case, and what the reader makes of it. */
export function DraftList({ reading, session }: { reading: ReadingDetail; session: RoomSession }) {
  const { t } = useTranslation();
  const drafts = useDrafts(reading);
  if (!reading.protocol.ai_drafts) {
    return null;
  }
  return (
    <section className={styles["section"]} aria-label={t("room.drafts")} data-testid="drafts">
      <div className={styles["sectionHead"]}>{t("room.drafts")}</div>
      {drafts.data?.length ? (
        drafts.data.map((draft) => <DraftCard key={draft.id} draft={draft} session={session} />)
      ) : (
        <Text size="xs" c="dimmed" mih={18}>
          {drafts.isError ? t("room.draftsFailed") : drafts.isPending ? t("common.loading") : t("room.noDrafts")}
        </Text>
      )}
    </section>
  );
}

function DraftCard({ draft, session }: { draft: Draft; session: RoomSession }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const shown = useRoom((state) => state.draftShown === draft.id);
  const mayEdit = useRoom((state) => state.mayEdit);
  const preview = useAction({ run: () => session.showDraft(shown ? null : draft.id) });
  const decide = useAction<Action>({
    run: (action) => session.decide(draft.id, action),
    onDone: (_, action) => {
      void queries.invalidateQueries({ queryKey: ["reading-drafts"] });
      if (action === "edit") {
        setTool(session, "brush");
      }
    },
  });
  const see = t(shown ? "room.draft.hide" : "room.draft.show");
  const button = (action: Action, variant: "filled" | "default" | "subtle") => (
    <Button
      size="compact-xs"
      variant={variant}
      {...(variant === "subtle" ? { color: "gray" } : {})}
      disabled={decide.isPending}
      onClick={() => decide.mutate(action)}
      data-testid={`draft-${action}`}
    >
      {t(`room.draft.${action}`)}
    </Button>
  );
  return (
    <div className={styles["draft"]} data-testid="draft" data-decision={draft.decision ?? ""}>
      <Group gap={8} wrap="nowrap" justify="space-between">
        <Group gap={6} wrap="nowrap" miw={0}>
          <IconSparkles size={15} stroke={1.6} color="var(--fid-accent)" style={{ flex: "none" }} />
          <Text size="sm" truncate>
            {draft.model_version.name} {t("room.draft.version", { number: draft.model_version.number })}
          </Text>
        </Group>
        <Tooltip label={see}>
          <ActionIcon
            size={26}
            variant={shown ? "light" : "subtle"}
            color={shown ? "accent" : "gray"}
            aria-label={see}
            aria-pressed={shown}
            onClick={() => preview.mutate()}
            data-testid="draft-preview"
          >
            {shown ? <IconEye size={15} /> : <IconEyeOff size={15} />}
          </ActionIcon>
        </Tooltip>
      </Group>
      <Text size="xs" c="dimmed" truncate>
        {draft.labels.map((label) => label.name).join(", ")}
      </Text>
      {draft.decision ? (
        <Text size="xs" c="dimmed" mt={6} data-testid="draft-decision">
          {t(`room.draft.decided.${draft.decision}`)}
        </Text>
      ) : mayEdit ? (
        <Group gap={6} mt={8}>
          {button("accept", "default")}
          {button("edit", "default")}
          {button("reject", "subtle")}
        </Group>
      ) : null}
    </div>
  );
}
