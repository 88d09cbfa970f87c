import { lazy, Suspense, useEffect, useState } from "react";

import type * as Left from "@/features/room/LeftBehind";
import { useSession } from "@/shared/session/session";

/** The page itself comes first. */
const IDLE_MS = 1_000;
const AGAIN_MS = 30_000;

const Found = lazy(fetched);

/** Without network or server it is asked for again when there is one: the page must not break for want of it. */
async function fetched(): Promise<typeof Left> {
  try {
    return await import("@/features/room/LeftBehind");
  } catch {
    await new Promise((resolve) => {
      window.addEventListener("online", resolve, { once: true });
      setTimeout(resolve, AGAIN_MS);
    });
    return fetched();
  }
}

/** Marks that lie only in this browser, outside the room: fetched once the page has nothing to do. */
export function LeftBehind() {
  const person = useSession().data?.user?.id;
  const [idle, setIdle] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIdle(true), IDLE_MS);
    return () => clearTimeout(timer);
  }, []);
  return idle && person ? (
    <Suspense fallback={null}>
      <Found key={person} person={person} />
    </Suspense>
  ) : null;
}
