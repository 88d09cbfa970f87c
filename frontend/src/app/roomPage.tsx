import { lazy, type ComponentType } from "react";

/** The reading room is a chunk of its own: the viewer's engine is several megabytes that no other page needs. */
export const RoomPage = lazy(async () => {
  const found = import.meta.glob<{ default: ComponentType }>("../features/room/RoomPage.tsx");
  const load = found["../features/room/RoomPage.tsx"];
  if (!load) throw new Error("features/room/RoomPage.tsx is not part of this build");
  return load();
});
