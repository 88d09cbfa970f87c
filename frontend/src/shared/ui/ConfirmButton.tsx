import { Button, Group, Modal, Stack, Text, type ButtonProps } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

interface ConfirmButtonProps extends ButtonProps {
  children: ReactNode;
  title: string;
  /** What will happen, and what will not. */
  text: ReactNode;
  confirm: string;
  onConfirm: () => void;
  danger?: boolean;
  testId: string;
  /** Further input that the dialog needs, such as a reason. */
  extra?: ReactNode;
  ready?: boolean;
}

/** A button for what is hard to take back: it asks once, saying what will happen. */
export function ConfirmButton(props: ConfirmButtonProps) {
  const { children, title, text, confirm, onConfirm, danger = false, testId, extra, ready = true, ...button } = props;
  const { t } = useTranslation();
  const [opened, dialog] = useDisclosure(false);
  return (
    <>
      <Button variant="default" {...button} onClick={dialog.open} data-testid={testId}>
        {children}
      </Button>
      <Modal opened={opened} onClose={dialog.close} title={title}>
        <Stack>
          <Text size="sm" component="div">
            {text}
          </Text>
          {extra}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={dialog.close} data-testid={`${testId}-cancel`}>
              {t("common.cancel")}
            </Button>
            <Button
              {...(danger ? { color: "red" } : {})}
              disabled={!ready}
              data-testid={`${testId}-confirm`}
              onClick={() => {
                dialog.close();
                onConfirm();
              }}
            >
              {confirm}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
