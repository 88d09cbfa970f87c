import { Stack, Text, ThemeIcon } from "@mantine/core";
import type { Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";

interface EmptyStateProps {
  icon: Icon;
  title: string;
  text: string;
  /** The one next step. */
  action?: ReactNode;
  testId?: string;
}

/** Says what will be here and offers the one next step. */
export function EmptyState({ icon: IconOf, title, text, action, testId = "empty-state" }: EmptyStateProps) {
  return (
    <Stack align="center" gap="sm" py={48} px="lg" data-testid={testId}>
      <ThemeIcon size={48} radius="xl" variant="light">
        <IconOf size={24} stroke={1.5} />
      </ThemeIcon>
      <Text fw={600} size="md">
        {title}
      </Text>
      <Text c="dimmed" size="sm" ta="center" maw={480}>
        {text}
      </Text>
      {action}
    </Stack>
  );
}
