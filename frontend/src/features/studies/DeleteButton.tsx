import { Stack, Text, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmButton } from "@/shared/ui/ConfirmButton";
import { useAction } from "@/shared/ui/useAction";

interface DeleteButtonProps {
  /** What has to be typed, so that nobody deletes by a slip. */
  word: string;
  title: string;
  run: () => Promise<unknown>;
  onDone: () => void;
  testId: string;
  /** For one of many on a page. */
  subtle?: boolean;
}

/** Deletes images for good, after the person has typed what they are about to delete. */
export function DeleteButton({ word, title, run, onDone, testId, subtle = false }: DeleteButtonProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const remove = useAction({
    run,
    stale: ["studies", "study", "storage"],
    done: t("studies.delete.done"),
    onDone,
  });
  return (
    <ConfirmButton
      size="xs"
      {...(subtle ? { variant: "subtle", color: "gray" } : {})}
      leftSection={<IconTrash size={14} />}
      loading={remove.isPending}
      title={title}
      text={t("studies.delete.text")}
      confirm={t("common.delete")}
      danger
      ready={typed.trim() === word}
      onConfirm={() => remove.mutate()}
      extra={
        <Stack gap={4}>
          <Text size="sm">{t("studies.delete.type")}</Text>
          <Text className="fid-mono" style={{ userSelect: "all", overflowWrap: "anywhere" }}>
            {word}
          </Text>
          <TextInput
            aria-label={t("studies.delete.type")}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            data-autofocus
            data-testid={`${testId}-typed`}
          />
        </Stack>
      }
      testId={testId}
    >
      {t("common.delete")}
    </ConfirmButton>
  );
}
