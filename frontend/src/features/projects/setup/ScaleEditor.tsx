import { ActionIcon, Button, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { ScaleStep } from "../protocol";
import { scales } from "../scales";

interface ScaleEditorProps {
  scale: readonly ScaleStep[];
  testId: string;
  onChange: (scale: ScaleStep[]) => void;
}

/** The steps of a score scale, lowest first; a known scale fills them in. */
export function ScaleEditor({ scale, testId, onChange }: ScaleEditorProps) {
  const { t } = useTranslation();
  const set = (at: number, part: Partial<ScaleStep>) =>
    onChange(scale.map((step, index) => (index === at ? { ...step, ...part } : step)));
  return (
    <Stack gap="sm">
      <Group gap="sm" align="flex-end">
        <Select
          label={t("projects.form.knownScale")}
          placeholder={t("projects.form.knownScaleNone")}
          value={null}
          data={Object.keys(scales)}
          onChange={(name) => name && onChange((scales[name] ?? []).map((step) => ({ ...step })))}
          w={220}
          data-testid={`${testId}-known`}
        />
        <Button
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() => onChange([...scale, { value: "", caption: "" }])}
          data-testid={`${testId}-add`}
        >
          {t("projects.form.addStep")}
        </Button>
      </Group>
      {scale.length > 0 ? (
        <Group gap="sm" wrap="nowrap">
          <Text size="xs" c="dimmed" w={90}>
            {t("projects.form.value")}
          </Text>
          <Text size="xs" c="dimmed">
            {t("projects.form.caption")}
          </Text>
        </Group>
      ) : null}
      {scale.map((step, index) => (
        <Group key={index} gap="sm" wrap="nowrap">
          <TextInput
            w={90}
            size="xs"
            maxLength={20}
            aria-label={t("projects.form.valueOf", { number: index + 1 })}
            value={step.value}
            onChange={(event) => set(index, { value: event.currentTarget.value })}
            data-testid={`${testId}-value-${index}`}
          />
          <TextInput
            size="xs"
            maxLength={200}
            style={{ flex: 1 }}
            aria-label={t("projects.form.captionOf", { number: index + 1 })}
            value={step.caption}
            onChange={(event) => set(index, { caption: event.currentTarget.value })}
            data-testid={`${testId}-caption-${index}`}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t("projects.form.removeStep", { number: index + 1 })}
            onClick={() => onChange(scale.filter((_, at) => at !== index))}
          >
            <IconTrash size={14} />
          </ActionIcon>
        </Group>
      ))}
    </Stack>
  );
}
