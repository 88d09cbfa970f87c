import { Box, Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconCompassOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link, useRouteError } from "react-router";

import { EmptyState } from "@/shared/ui/EmptyState";

/** Shown when a page breaks by our own defect. */
export function CrashPage() {
  const { t } = useTranslation();
  const error = useRouteError();
  return (
    <Box p="xl" maw={640} mx="auto" mt={48} data-testid="crash-page" role="alert">
      <Stack>
        <Title order={1}>{t("common.error.crash")}</Title>
        <Text size="sm">
          {t("common.error.safe")} {t("common.error.crashDo")}
        </Text>
        <Text className="fid-mono" c="dimmed">
          {error instanceof Error ? error.message : String(error)}
        </Text>
        <Group>
          <Button onClick={() => window.location.reload()}>{t("common.error.reload")}</Button>
        </Group>
      </Stack>
    </Box>
  );
}

export function NotFoundPage() {
  const { t } = useTranslation();
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
