import { Box, Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconCompassOff } from "@tabler/icons-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Link, useRouteError } from "react-router";

import { useConnection } from "@/shared/events/events";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorBox } from "@/shared/ui/ErrorBox";
import { useTitle } from "@/shared/ui/useTitle";

/** What browsers say when a part of the program itself could not be fetched: the server is away, or it is a newer one. */
const NOT_FETCHED = /dynamically imported module|importing a module script failed|preload css/i;

function NotFetched({ error, onReload }: { error: unknown; onReload: () => void }) {
  useEffect(
    () =>
      useConnection.subscribe(({ state }, before) => {
        if (state === "live" && before.state === "lost") onReload(); // the server is back
      }),
    [onReload],
  );
  return (
    <Box p="xl" maw={640} mx="auto" mt={48} data-testid="not-fetched">
      <ErrorBox error={error} onRetry={onReload} />
    </Box>
  );
}

const reload = () => window.location.reload();

/** Shown when a page breaks by our own defect, or could not be fetched. */
export function CrashPage() {
  const { t } = useTranslation();
  const error = useRouteError();
  useTitle(t("common.error.title"));
  const said = error instanceof Error ? error.message : String(error);
  if (NOT_FETCHED.test(said)) return <NotFetched error={error} onReload={reload} />;
  return (
    <Box p="xl" maw={640} mx="auto" mt={48} data-testid="crash-page" role="alert">
      <Stack>
        <Title order={1}>{t("common.error.crash")}</Title>
        <Text size="sm">
          {t("common.error.safe")} {t("common.error.crashDo")}
        </Text>
        <Text className="fid-mono" c="dimmed">
          {said}
        </Text>
        <Group>
          <Button onClick={reload}>{t("common.error.reload")}</Button>
        </Group>
      </Stack>
    </Box>
  );
}

export function NotFoundPage() {
  const { t } = useTranslation();
  useTitle(t("common.notFound.title"));
  return (
    <EmptyState
      icon={IconCompassOff}
      title={t("common.notFound.title")}
      text={t("common.notFound.text")}
      action={
        <Button component={Link} to="/worklist">
          {t("common.notFound.action")}
        </Button>
      }
      testId="not-found"
    />
  );
}
