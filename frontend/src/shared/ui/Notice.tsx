import { Box, Group, Stack, Text } from "@mantine/core";
import type { Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";

interface NoticeProps {
  icon: Icon;
  title?: ReactNode;
  children: ReactNode;
  /** What can be done about it, at the right. */
  action?: ReactNode;
  testId?: string;
}

/** Something that needs a person, said quietly: amber in line and icon alone. */
export function Notice({ icon: IconOf, title, children, action, testId }: NoticeProps) {
  return (
    <Box
      px="lg"
      py="md"
      bg="var(--fid-panel)"
      style={{ border: "1px solid var(--fid-amber)", borderRadius: 6 }}
      role="status"
      data-testid={testId}
    >
      <Group justify="space-between" wrap="nowrap" gap="lg">
        <Group gap="md" wrap="nowrap" align="flex-start">
          <IconOf size={20} color="var(--fid-amber)" style={{ flex: "0 0 auto" }} aria-hidden />
          <Stack gap={2}>
            {title ? <Text fw={600}>{title}</Text> : null}
            <Text size="sm" component="div">
              {children}
            </Text>
          </Stack>
        </Group>
        <Box style={{ flex: "0 0 auto" }}>{action}</Box>
      </Group>
    </Box>
  );
}
