import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { askAgain } from "@/shared/api/queries";

import { errorText, fieldErrors } from "./errorText";
import { useShownError } from "./Trouble";

interface ErrorBoxProps {
  error: unknown;
  onRetry?: () => void;
  /** What is safe, when more can be said than that nothing saved before is affected. */
  safe?: string;
}

/** Says what happened, what is safe, and what to do. */
export function ErrorBox({ error, onRetry, safe }: ErrorBoxProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  useShownError(error);
  const again = () => {
    onRetry?.();
    askAgain(client); // and for what failed elsewhere on the page, most likely for the same reason
  };
  const { what, todo } = errorText(t, error);
  const fields = Object.entries(fieldErrors(error));
  return (
    <Alert
      color="red"
      variant="light"
      icon={<IconAlertTriangle size={20} />}
      title={t("common.error.title")}
      data-testid="error-box"
      role="alert"
    >
      <Stack gap="xs">
        <Text size="sm">{what}</Text>
        {fields.map(([name, text]) => (
          <Text key={name} size="sm">
            <b>{name}</b>: {text}
          </Text>
        ))}
        <Text size="sm" c="dimmed">
          {safe ?? t("common.error.safe")} {todo}
        </Text>
        {onRetry ? (
          <Group>
            <Button size="xs" variant="default" onClick={again} data-testid="error-retry">
              {t("common.retry")}
            </Button>
          </Group>
        ) : null}
      </Stack>
    </Alert>
  );
}
