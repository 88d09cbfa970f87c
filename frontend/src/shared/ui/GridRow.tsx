import { Box, type BoxProps } from "@mantine/core";
import type { MouseEventHandler, ReactNode } from "react";

interface GridRowProps extends BoxProps {
  /** CSS widths of the columns, the same for the head and every row of a list. */
  columns: string;
  children: ReactNode;
  onClick?: MouseEventHandler<HTMLDivElement>;
  [data: `data-${string}`]: unknown;
}

/** One line of a list that is too long for a table: cells in fixed columns over a hairline. */
export function GridRow({ columns, children, style, ...box }: GridRowProps) {
  return (
    <Box
      px="lg"
      {...box}
      style={[
        {
          display: "grid",
          gridTemplateColumns: columns,
          columnGap: 16,
          alignItems: "center",
          borderBottom: "1px solid var(--fid-line)",
        },
        style,
      ]}
    >
      {children}
    </Box>
  );
}
