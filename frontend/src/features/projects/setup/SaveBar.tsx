import { Button, Group, List, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { ErrorBox } from "@/shared/ui/ErrorBox";

import type { Problem } from "../protocol";

interface SaveBarProps {
  problems: readonly Problem[];
  /** Where the texts of the problems are, such as `projects.labels.problem`. */
  texts: string;
  error: unknown;
  saving: boolean;
  version: number | undefined;
  blocked?: string;
  testId: string;
  onSave: () => void;
}

/** What has to be put right, and the button to save. */
export function SaveBar(props: SaveBarProps) {
  const { problems, texts, error, saving, version, blocked, testId, onSave } = props;
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      {problems.length > 0 ? (
        <List size="sm" c="var(--fid-amber)" data-testid="step-problems">
          {problems.map(({ key, name = "" }) => (
            <List.Item key={`${key}-${name}`}>{t(`${texts}.${key}`, { name, text: name })}</List.Item>
          ))}
        </List>
      ) : null}
      {error ? <ErrorBox error={error} /> : null}
      <Group justify="flex-end" gap="md">
        <Text size="xs" c="dimmed">
          {blocked ?? (version ? t("projects.protocolSaved", { n: version }) : "")}
        </Text>
        <Button onClick={onSave} disabled={problems.length > 0 || !!blocked} loading={saving} data-testid={testId}>
          {t("projects.saveStep")}
        </Button>
      </Group>
    </Stack>
  );
}
