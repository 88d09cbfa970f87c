import { ActionIcon, Code, CopyButton, Group, Stack, Text, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

/** Something that is shown once, with a way to copy it. */
export function SecretBox({ text, secret, testId }: { text: string; secret: string; testId: string }) {
  const { t } = useTranslation();
  return (
    <Stack gap="xs" p="md" style={{ border: "1px solid var(--fid-amber)", borderRadius: 6 }}>
      <Text size="sm">{text}</Text>
      <Group gap="sm" wrap="nowrap">
        <Code style={{ flex: 1, overflowWrap: "anywhere", userSelect: "all", fontSize: 13 }} data-testid={testId}>
          {secret}
        </Code>
        <CopyButton value={secret}>
          {({ copied, copy }) => (
            <Tooltip label={copied ? t("common.copied") : t("common.copy")}>
              <ActionIcon variant="default" onClick={copy} aria-label={t("common.copy")} data-testid={`${testId}-copy`}>
                {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
              </ActionIcon>
            </Tooltip>
          )}
        </CopyButton>
      </Group>
    </Stack>
  );
}
