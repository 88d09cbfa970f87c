/** What is written over the images: which texts, as each person wants them. */

import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { create } from "zustand";

import { client, take } from "@/shared/api/client";
import { sessionKey, useSession } from "@/shared/session/session";
import { useAction } from "@/shared/ui/useAction";

import type { RoomSession } from "./session";
import { useRoom, type Overlay } from "./store";

export const TEXTS = [
  "letters",
  "slice",
  "scale",
  "value",
  "case",
  "series",
  "acquisition",
  "window",
  "zoom",
  "place",
  "graphics",
] as const;
export type TextName = (typeof TEXTS)[number];
export type OwnTexts = Readonly<Record<string, boolean>>;

const USUAL: ReadonlySet<TextName> = new Set(["letters", "slice", "scale", "value", "graphics"]);

/** Texts that the person at the screen wants otherwise than usual. */
export const useOwnTexts = create<{ readonly own: OwnTexts }>(() => ({ own: {} }));

/** Whether a person's choice has a text in it. */
export const isChosen = (own: OwnTexts, name: TextName): boolean => own[name] ?? USUAL.has(name);

/** Whether a text is written: none, those chosen, or all of them. */
export const isWritten = (overlay: Overlay, own: OwnTexts, name: TextName): boolean =>
  overlay === "full" || (overlay === "brief" && isChosen(own, name));

/** The choice with one text more or less; what equals the usual is left out. */
export function withText(own: OwnTexts, name: TextName, shown: boolean): OwnTexts {
  const { [name]: _, ...others } = own;
  return shown === USUAL.has(name) ? others : { ...others, [name]: shown };
}

/** Asks whether a text is written now. */
export function useWritten(): (name: TextName) => boolean {
  const overlay = useRoom((state) => state.overlay);
  const own = useOwnTexts((state) => state.own);
  return (name) => isWritten(overlay, own, name);
}

/** What files draw over their images is shown or not as texts are. */
export function useGraphics(session: RoomSession | null): void {
  const shown = useWritten()("graphics");
  useEffect(() => {
    void session?.viewerReady.then((viewer) => viewer?.setGraphics(shown));
  }, [session, shown]);
}

/** Bring the person's own choice from their account into the room. */
export function useTakeOwnTexts(): void {
  const overlay = useSession().data?.user?.overlay;
  useEffect(() => {
    if (overlay) {
      useOwnTexts.setState({ own: overlay });
    }
  }, [overlay]);
}

/** Keep another choice: it is seen at once; when the server does not take it, the former one is back. */
export function useSaveTexts() {
  const queries = useQueryClient();
  return useAction<OwnTexts>({
    run: async (own) => {
      const before = useOwnTexts.getState().own;
      useOwnTexts.setState({ own });
      try {
        queries.setQueryData(sessionKey, await take(client.PATCH("/api/session", { body: { overlay: { ...own } } })));
      } catch (error) {
        useOwnTexts.setState({ own: before });
        throw error;
      }
    },
  });
}
