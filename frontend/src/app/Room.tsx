import { lazy, Suspense, useEffect, useState, type ComponentType } from "react";
import type { LoaderFunctionArgs } from "react-router";

import { queryClient } from "@/shared/api/queries";
import { useLikely } from "@/shared/likely";
import { sessionKey, type Session } from "@/shared/session/session";
import { useRoomScheme } from "@/shared/theme/scheme";
import { RowsSkeleton } from "@/shared/ui/Loaded";

/** The page itself comes first. */
const IDLE_MS = 600;
/** A pointer that only passes over a row asks for nothing. */
const DWELL_MS = 60;

/** A chunk of its own: the viewer's engine is several megabytes that no other page needs. */
const loadRoom = async () => {
  const room = await import("@/features/room/RoomPage");
  loaded = room.default;
  return room;
};
const RoomPage = lazy(loadRoom);
/** Once it is here there is nothing to wait for: `lazy` would draw something else first, and let go of it late. */
let loaded: ComponentType | null = null;

/** Fetch the room while a page that leads to it has nothing to do, and what the likely case opens with. */
export function useRoomAhead(wanted: boolean): void {
  const [ready, setReady] = useState(false);
  const reading = useLikely((state) => state.reading);
  useEffect(() => {
    if (!wanted) {
      return undefined;
    }
    const timer = setTimeout(
      () => {
        void loadRoom().then(({ getReady, fetchFirst }) => {
          getReady();
          if (reading) {
            fetchFirst(reading);
          }
          setReady(true);
        });
      },
      ready ? DWELL_MS : IDLE_MS,
    );
    return () => clearTimeout(timer);
  }, [wanted, ready, reading]);
}

/** A case is asked for at the click, not when its room has been drawn. */
export function roomLoader({ params }: LoaderFunctionArgs): null {
  const { readingId } = params;
  if (readingId && queryClient.getQueryData<Session>(sessionKey)?.user) {
    void loadRoom().then(({ fetchFirst }) => fetchFirst(readingId));
  }
  return null;
}

/** The reading room fills the screen and is always dark. */
export function Room() {
  const [Page] = useState<ComponentType>(() => loaded ?? RoomPage);
  const enter = useRoomScheme((state) => state.enterRoom);
  const leave = useRoomScheme((state) => state.leaveRoom);
  useEffect(() => {
    enter();
    return leave;
  }, [enter, leave]);
  return (
    <Suspense fallback={<RowsSkeleton />}>
      <Page />
    </Suspense>
  );
}
