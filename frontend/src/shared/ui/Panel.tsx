import { Box, Group, Title } from "@mantine/core";
import type { ReactNode } from "react";

interface PanelProps {
  title?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  /** Without padding: for tables that reach the edge. */
  flush?: boolean;
  testId?: string;
}

/** A raised surface with a hairline. */
export function Panel({ title, actions, children, flush = false, testId }: PanelProps) {
  return (
    <Box
      component="section"
      data-testid={testId}
      style={{
        background: "var(--fid-panel)",
        border: "1px solid var(--fid-line)",
        borderRadius: 6,
        overflow: "hidden",
        minWidth: 0,
      }}
    >
      {title || actions ? (
        <Group justify="space-between" px="lg" py={10} mih={52} style={{ borderBottom: "1px solid var(--fid-line)" }}>
          <Title order={2} size="h3">
            {title}
          </Title>
          {actions ? <Group gap="sm">{actions}</Group> : null}
        </Group>
      ) : null}
      <Box p={flush ? 0 : "lg"} style={{ overflowX: "auto" }}>
        {children}
      </Box>
    </Box>
  );
}
