import { lazy, Suspense, useEffect } from "react";

import { useRoomScheme } from "@/shared/theme/scheme";
import { RowsSkeleton } from "@/shared/ui/Loaded";

/** A chunk of its own: the viewer's engine is several megabytes that no other page needs. */
const RoomPage = lazy(() => import("@/features/room/RoomPage"));

/** The reading room fills the screen and is always dark. */
export function Room() {
  const enter = useRoomScheme((state) => state.enterRoom);
  const leave = useRoomScheme((state) => state.leaveRoom);
  useEffect(() => {
    enter();
    return leave;
  }, [enter, leave]);
  return (
    <Suspense fallback={<RowsSkeleton />}>
      <RoomPage />
    </Suspense>
  );
}
