import { useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef } from "react";

import { listImportFiles, type FileState, type ImportedFile } from "@/shared/api/archive";
import { asApiError } from "@/shared/api/errors";

interface Growing {
  files: readonly ImportedFile[];
  loading: boolean;
  error: unknown;
  again: () => void;
  /** Loads what comes after the last row. */
  more: () => void;
}

/**
 * The files of an import in the order of their coming. Rows only ever come at the end, so that nothing moves; more are
 * asked for when the list's end is in view, or when the import says that it holds more than were there (`expected`).
 */
export function useGrowingFiles(importId: string, state: FileState | "", expected: number): Growing {
  const query = useInfiniteQuery({
    queryKey: ["import-files", importId, state],
    queryFn: ({ pageParam }) => listImportFiles(importId, state, pageParam),
    initialPageParam: 0,
    getNextPageParam: (last, _pages, param) => last.results.at(-1)?.id ?? param,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
  const { data, fetchNextPage, isFetching } = query;
  const interrupted = query.isError && asApiError(query.error).passing;
  const files = useMemo(() => data?.pages.flatMap((page) => page.results) ?? [], [data]);
  const full = data?.pages.at(-1)?.next ?? null;
  const grown = data !== undefined && full === null && files.length < expected;
  // Once per figure: should a count ever be larger than the list, the server is not asked for ever.
  const askedFor = useRef(0);
  useEffect(() => {
    if (!grown || isFetching || (askedFor.current === expected && !interrupted)) return;
    askedFor.current = expected;
    void fetchNextPage();
  }, [grown, isFetching, interrupted, fetchNextPage, expected]);
  const more = useCallback(() => {
    if (full !== null && !isFetching) void fetchNextPage();
  }, [full, isFetching, fetchNextPage]);
  return { files, loading: query.isPending, error: data ? null : query.error, again: () => void query.refetch(), more };
}
