import { Box } from "@mantine/core";
import { useCallback, useEffect, useState, type ReactElement } from "react";
import { Navigate, Outlet, useLocation } from "react-router";

import { onSignedOut } from "@/shared/api/client";
import { useEventStream } from "@/shared/events/useEventStream";
import { languageOf, switchLanguage } from "@/shared/i18n/i18n";
import { useSession, useSessionEnd } from "@/shared/session/session";
import { ErrorBox } from "@/shared/ui/ErrorBox";
import { RowsSkeleton } from "@/shared/ui/Loaded";

const ASK_LOADED_AFTER_MS = 3000;
const ASK_TRIED_EVERY_MS = 5000;

/**
 * The question for the password is fetched while the page has nothing to do, long before it is needed, and tried again
 * until it is there: a session that ends must not break the page on which somebody works.
 */
function useSignInAgain(): ReactElement | null {
  const [ask, setAsk] = useState<ReactElement | null>(null);
  useEffect(() => {
    if (ask) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = () => {
      import("@/features/session/SignInAgain").then(
        ({ SignInAgain }) => setAsk(<SignInAgain />),
        () => {
          timer = setTimeout(load, ASK_TRIED_EVERY_MS);
        },
      );
    };
    timer = setTimeout(load, ASK_LOADED_AFTER_MS);
    return () => clearTimeout(timer);
  }, [ask]);
  return ask;
}

/**
 * Lets only those in who are signed in. When a session ends in the middle of work, the page stays mounted and the
 * password is asked for over it.
 */
export function RequireSession() {
  const session = useSession();
  const location = useLocation();
  const ended = useSessionEnd((state) => state.ended);
  const signInAgain = useSignInAgain();
  const signedOut = useCallback(() => useSessionEnd.setState({ ended: true }), []);
  const user = session.data?.user;
  useEffect(() => onSignedOut(signedOut), [signedOut]);
  useEventStream(Boolean(user) && !ended, signedOut);
  const language = user?.language;
  useEffect(() => {
    if (language) switchLanguage(languageOf(language));
  }, [language]);
  if (session.isPending) return <RowsSkeleton />;
  // A page that stands stays, also when asking again who is signed in fails: somebody may be typing.
  if (!session.data) {
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
      {signInAgain}
    </>
  );
}
