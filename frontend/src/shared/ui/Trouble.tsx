import { Affix, Button } from "@mantine/core";
import { IconCloudOff } from "@tabler/icons-react";
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useCallback, useLayoutEffect, useRef, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { create } from "zustand";

import { asApiError } from "@/shared/api/errors";
import { askAgain } from "@/shared/api/queries";

import { errorText } from "./errorText";
import { Notice } from "./Notice";

/** Errors that a box on the page tells of already. */
const useShown = create<{ errors: readonly unknown[] }>(() => ({ errors: [] }));

/** Called by what tells of an error where it belongs. */
export function useShownError(error: unknown): void {
  useLayoutEffect(() => {
    useShown.setState(({ errors }) => ({ errors: [...errors, error] }));
    return () =>
      useShown.setState(({ errors }) => {
        const at = errors.indexOf(error);
        return { errors: errors.filter((_, index) => index !== at) };
      });
  }, [error]);
}

export interface Failed {
  error: unknown;
  /** True when the page goes on with what it had. */
  stale: boolean;
}

const passing = (error: unknown) => asApiError(error).passing;

/**
 * The first question of this page that failed for now, unless the page tells of such a failure already. What is refused
 * for good is a matter of the page itself: a choice that somebody may not make is not offered.
 */
export function untold(client: QueryClient, told: readonly unknown[]): Failed | null {
  if (told.some(passing)) return null;
  const failed = client
    .getQueryCache()
    .findAll({ type: "active", predicate: ({ state }) => state.status === "error" && passing(state.error) })
    .map(({ state }): Failed => ({ error: state.error, stale: state.data !== undefined }));
  return failed.find(({ stale }) => !stale) ?? failed[0] ?? null;
}

/**
 * Tells, over the foot of the page, that something could not be loaded where nothing else does: a list of choices that
 * stays empty, or figures that are no longer the newest.
 */
export function Trouble() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const told = useShown((state) => state.errors);
  const known = useRef<Failed | null>(null);
  const subscribe = useCallback((changed: () => void) => client.getQueryCache().subscribe(changed), [client]);
  const failed = useSyncExternalStore(subscribe, () => {
    const found = untold(client, told);
    if (found?.error !== known.current?.error || found?.stale !== known.current?.stale) known.current = found;
    return known.current;
  });
  if (!failed) return null;
  const { what, todo } = errorText(t, failed.error);
  return (
    <Affix position={{ bottom: 16, left: 216, right: 16 }} zIndex={150} style={{ pointerEvents: "none" }}>
      <div style={{ maxWidth: 720, margin: "0 auto", pointerEvents: "auto" }}>
        <Notice
          icon={IconCloudOff}
          title={t(failed.stale ? "common.error.stale" : "common.error.part")}
          action={
            <Button size="xs" variant="default" onClick={() => askAgain(client)} data-testid="trouble-retry">
              {t("common.retry")}
            </Button>
          }
          testId="trouble"
        >
          {what} {todo}
        </Notice>
      </div>
    </Affix>
  );
}
