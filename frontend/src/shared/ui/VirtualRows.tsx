import { Box } from "@mantine/core";
import { useEffect, useRef, useState, type ReactNode } from "react";

interface VirtualRowsProps<T> {
  rows: readonly T[];
  rowHeight: number;
  /** Height of the list on the screen; it scrolls within. */
  height: number;
  keyOf: (row: T) => string | number;
  children: (row: T) => ReactNode;
  /** Called when the last rows come into view: more can be loaded. */
  onEnd?: () => void;
  /** What the list holds, for those who cannot see it. */
  label: string;
  testId?: string;
}

const spare = 8;

/** A long list that draws only the rows in view; all rows have one height. It scrolls with the keyboard too. */
export function VirtualRows<T>(props: VirtualRowsProps<T>) {
  const { rows, rowHeight, height, keyOf, children, onEnd, label, testId } = props;
  const [top, setTop] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const from = Math.max(0, Math.floor(top / rowHeight) - spare);
  const to = Math.min(rows.length, Math.ceil((top + height) / rowHeight) + spare);
  const atEnd = to >= rows.length;
  useEffect(() => {
    if (atEnd && rows.length > 0) onEnd?.();
  }, [atEnd, rows.length, onEnd]);
  return (
    <Box
      ref={box}
      role="list"
      aria-label={label}
      tabIndex={0}
      h={height}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      style={{ overflowY: "auto", overflowX: "hidden", position: "relative" }}
      data-testid={testId}
      data-rows={rows.length}
    >
      <div style={{ height: rows.length * rowHeight, position: "relative" }}>
        {rows.slice(from, to).map((row, index) => (
          <div
            key={keyOf(row)}
            role="listitem"
            style={{ position: "absolute", top: (from + index) * rowHeight, left: 0, right: 0, height: rowHeight }}
          >
            {children(row)}
          </div>
        ))}
      </div>
    </Box>
  );
}
