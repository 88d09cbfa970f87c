import { create } from "zustand";

interface RoomScheme {
  /** True while the reading room is open: it is dark whatever the person chose for the other pages. */
  roomOpen: boolean;
  enterRoom: () => void;
  leaveRoom: () => void;
}

export const useRoomScheme = create<RoomScheme>((set) => ({
  roomOpen: false,
  enterRoom: () => set({ roomOpen: true }),
  leaveRoom: () => set({ roomOpen: false }),
}));
