import { Box } from "@mantine/core";
import { useCallback, useEffect } from "react";
import { Navigate, Outlet, useLocation } from "react-router";

import { SignInAgain } from "@/features/session/SignInAgain";
import { onSignedOut } from "@/shared/api/client";
import { useEventStream } from "@/shared/events/useEventStream";
import { languageOf, switchLanguage } from "@/shared/i18n/i18n";
import { useSession, useSessionEnd } from "@/shared/session/session";
import { ErrorBox } from "@/shared/ui/ErrorBox";
import { RowsSkeleton } from "@/shared/ui/Loaded";

/**
 * Lets only those in who are signed in. When a session ends in the middle of work, the page stays mounted and the
 * password is asked for over it.
 */
export function RequireSession() {
  const session = useSession();
  const location = useLocation();
  const ended = useSessionEnd((state) => state.ended);
  const signedOut = useCallback(() => useSessionEnd.setState({ ended: true }), []);
  const user = session.data?.user;
  useEffect(() => onSignedOut(signedOut), [signedOut]);
  useEventStream(Boolean(user) && !ended, signedOut);
  const language = user?.language;
  useEffect(() => {
    if (language) switchLanguage(languageOf(language));
  }, [language]);
  if (session.isPending) return <RowsSkeleton />;
  if (session.isError) {
    return (
      <Box p="xl" maw={640} mx="auto">
        <ErrorBox error={session.error} onRetry={() => void session.refetch()} />
      </Box>
    );
  }
  if (!user) {
    const next = encodeURIComponent(location.pathname + location.search);
    return <Navigate to={`/sign-in?next=${next}`} replace />;
  }
  return (
    <>
      <Outlet />
      <SignInAgain />
    </>
  );
}
