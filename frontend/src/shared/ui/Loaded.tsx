import { Skeleton, Stack } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { ErrorBox } from "./ErrorBox";

interface LoadedProps<T> {
  query: UseQueryResult<T>;
  /** Number of rows that the skeleton has, about as many as will come. */
  rows?: number;
  rowHeight?: number;
  children: (data: T) => ReactNode;
}

/** Rows of the size of what is to come, so that nothing moves when it does. */
export function RowsSkeleton({ rows = 6, rowHeight = 36 }: { rows?: number; rowHeight?: number }) {
  return (
    <Stack gap="sm" p="md" data-testid="loading" aria-busy="true">
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={rowHeight} />
      ))}
    </Stack>
  );
}

/** Shows a skeleton, then the data; an error only when there is no earlier data to go on with. */
export function Loaded<T>({ query, rows, rowHeight, children }: LoadedProps<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.isError) return <ErrorBox error={query.error} onRetry={() => void query.refetch()} />;
  return <RowsSkeleton {...(rows ? { rows } : {})} {...(rowHeight ? { rowHeight } : {})} />;
}
