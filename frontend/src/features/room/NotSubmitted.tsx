import { Button, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useTranslation } from "react-i18next";

import { errorText } from "@/shared/ui/errorText";

interface NotSubmittedProps {
  error: unknown;
  number: number;
  open: () => void;
}

function NotSubmitted({ error, number, open }: NotSubmittedProps) {
  const { t } = useTranslation();
  const { what, todo } = errorText(t, error);
  return (
    <Stack gap="xs" align="flex-start" data-region data-testid="not-submitted">
      <Text size="sm">{t("room.notSubmitted", { number })}</Text>
      <Text size="sm">{`${what} ${todo}`.trim()}</Text>
      <Button size="compact-sm" variant="default" onClick={open} data-testid="not-submitted-open">
        {t("room.notSubmittedOpen", { number })}
      </Button>
    </Stack>
  );
}

/** Say that a case the reader has left already could not be submitted; it stays until somebody has seen it. */
export function sayNotSubmitted(reading: string, props: NotSubmittedProps): void {
  const id = `not-submitted-${reading}`;
  const open = () => {
    notifications.hide(id);
    props.open();
  };
  notifications.show({ id, autoClose: false, color: "red", message: <NotSubmitted {...props} open={open} /> });
}
