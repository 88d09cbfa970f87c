import { Box, Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { useEffect, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { ErrorBox } from "./ErrorBox";

/** Whoever waits for so long is told that it is the server who does not answer. */
const SLOW_MS = 5_000;

interface LoadedProps<T> {
  query: UseQueryResult<T>;
  /** Number of rows that the skeleton has, about as many as will come. */
  rows?: number;
  rowHeight?: number;
  children: (data: T) => ReactNode;
}

interface RowsSkeletonProps {
  rows?: number | undefined;
  rowHeight?: number | undefined;
  /** Ask anew; without it the whole page is loaded anew. */
  onRetry?: () => void;
}

/** Over the skeleton, so that nothing moves. */
function Slow({ onRetry }: { onRetry: () => void }) {
  const { t } = useTranslation();
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Group pos="absolute" top={16} left={0} right={0} justify="center" role="status">
      {slow ? (
        <Group gap="md" px="md" py="xs" bg="var(--fid-raised)" style={{ borderRadius: 6 }} data-testid="slow">
          <Text size="sm">{t("common.error.slow")}</Text>
          <Button size="xs" variant="default" onClick={onRetry} data-testid="slow-retry">
            {t("common.retry")}
          </Button>
        </Group>
      ) : null}
    </Group>
  );
}

/** Rows of the size of what is to come, so that nothing moves when it does. */
export function RowsSkeleton({ rows = 6, rowHeight = 36, onRetry }: RowsSkeletonProps) {
  return (
    <Box pos="relative">
      <Stack gap="sm" p="md" data-testid="loading" aria-busy="true">
        {Array.from({ length: rows }, (_, row) => (
          <Skeleton key={row} height={rowHeight} />
        ))}
      </Stack>
      <Slow onRetry={onRetry ?? (() => window.location.reload())} />
    </Box>
  );
}

/** Shows a skeleton, then the data; an error only when there is no earlier data to go on with. */
export function Loaded<T>({ query, rows, rowHeight, children }: LoadedProps<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  const onRetry = () => void query.refetch();
  if (query.isError) return <ErrorBox error={query.error} onRetry={onRetry} />;
  return <RowsSkeleton rows={rows} rowHeight={rowHeight} onRetry={onRetry} />;
}
