import { Box, Group, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

import { useTitle } from "./useTitle";

interface PageProps {
  title: ReactNode;
  /** One line under the title; null while it is not known yet: its line is kept free, so that nothing moves. */
  lead?: ReactNode;
  /** Above the title: where this page belongs. */
  trail?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  testId?: string;
  width?: number;
}

/** The frame that every page outside the room shares: title, one line of explanation, actions at the right. */
export function Page({ title, lead, trail, actions, children, testId, width = 1440 }: PageProps) {
  useTitle(title);
  return (
    <Box px="xl" py="lg" maw={width} mx="auto" data-testid={testId}>
      <Stack gap="lg">
        <Group justify="space-between" align="flex-end" gap="md" mih={52}>
          <Stack gap={2} style={{ minWidth: 0, flex: 1 }}>
            {trail}
            <Title order={1}>{title}</Title>
            {lead === undefined ? null : (
              <Text c="dimmed" size="sm" component="div" mih={21}>
                {lead}
              </Text>
            )}
          </Stack>
          {actions ? <Group gap="sm">{actions}</Group> : null}
        </Group>
        {children}
      </Stack>
    </Box>
  );
}
