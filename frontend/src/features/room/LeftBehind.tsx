import { Anchor, Box, Group, Stack, Text } from "@mantine/core";
import { IconCloudOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { ConfirmButton } from "@/shared/ui/ConfirmButton";
import { Notice } from "@/shared/ui/Notice";
import { useAction } from "@/shared/ui/useAction";

import { dropLeftBehind, sendLeftBehind, type LeftBehind as Left } from "./sendLeft";

/** What waits is tried again so often while this page is open. */
const AGAIN_MS = 15_000;

/** Sends what this person left in this browser, and names the cases whose changes cannot be sent now. */
export default function LeftBehind({ person }: { person: string }) {
  const { t } = useTranslation();
  const left = useQuery({
    queryKey: ["left-behind", person],
    queryFn: () => sendLeftBehind(person),
    staleTime: 0,
    gcTime: 0,
    refetchInterval: ({ state }) => (state.data?.length ? AGAIN_MS : false),
  });
  const rows = left.data ?? [];
  const changes = rows.reduce((sum, row) => sum + row.changes, 0);
  return rows.length > 0 ? (
    <Box px="xl" pt="lg" maw={1440} mx="auto">
      <Notice icon={IconCloudOff} title={t("room.left.title", { count: changes })} testId="left-behind">
        <Stack gap={6} mt={4}>
          {t("room.left.text")}
          {rows.map((row) => (
            <Row key={row.reading} row={row} person={person} onDone={() => void left.refetch()} />
          ))}
        </Stack>
      </Notice>
    </Box>
  ) : null;
}

function Row({ row, person, onDone }: { row: Left; person: string; onDone: () => void }) {
  const { t } = useTranslation();
  const { reading, detail, changes } = row;
  const drop = useAction({ run: () => dropLeftBehind(reading, person), onDone });
  return (
    <Group gap="sm" data-testid="left-behind-row" data-reading={reading}>
      {detail ? (
        <Anchor component={Link} to={`/readings/${reading}`} size="sm" data-testid="left-behind-open">
          {t("room.left.open", { number: detail.case.number, project: detail.project.name })}
        </Anchor>
      ) : (
        <Text size="sm">{t("room.left.unknown")}</Text>
      )}
      <Text size="sm" c="dimmed">
        {t(detail?.may_edit === false ? "room.left.locked" : "room.left.changes", { count: changes })}
      </Text>
      <ConfirmButton
        size="compact-xs"
        title={t("room.left.dropTitle")}
        text={t("room.left.dropText", { count: changes })}
        confirm={t("room.refusedDrop")}
        danger
        onConfirm={() => drop.mutate()}
        testId="left-behind-drop"
      >
        {t("room.refusedDrop")}
      </ConfirmButton>
    </Group>
  );
}
