import { Box, Group } from "@mantine/core";
import type { ReactNode } from "react";

/** The step at the left, what readers will see of it at the right. */
export function StepColumns({ main, side }: { main: ReactNode; side: ReactNode }) {
  return (
    <Group align="flex-start" gap="lg" wrap="nowrap">
      <Box style={{ flex: 1, minWidth: 0 }}>{main}</Box>
      <Box w={248} style={{ flex: "0 0 auto" }}>
        {side}
      </Box>
    </Group>
  );
}
