import { useEffect } from "react";

import { run } from "./commands";
import { commandFor } from "./hotkeys";
import type { RoomSession } from "./session";
import { useRoom } from "./store";

/** True where the person is writing, so that letters are letters. */
function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ["TEXTAREA", "SELECT"].includes(target.tagName) || isTextInput(target))
  );
}

function isTextInput(target: HTMLElement): boolean {
  return target instanceof HTMLInputElement && !["checkbox", "radio", "range", "button"].includes(target.type);
}

/** Focus the first question of the case form that has no answer yet. */
function focusForm(): void {
  useRoom.setState({ panelOpen: true });
  requestAnimationFrame(() => {
    const form = document.querySelector<HTMLElement>("[data-form]");
    const open = form?.querySelector<HTMLElement>("[data-answered='false'] input, [data-answered='false'] textarea");
    (open ?? form?.querySelector<HTMLElement>("input, textarea"))?.focus();
  });
}

/** Listen to the keys of the room while it is on the screen. */
export function useHotkeys(session: RoomSession | null, nextCase: () => void): void {
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      const { helpOpen, submitOpen, conflict, historyOpen, labels } = useRoom.getState();
      if (event.key === "Escape" && isWriting(event.target) && event.target instanceof HTMLElement) {
        event.target.blur();
        return;
      }
      if (!session || isWriting(event.target) || submitOpen || conflict) {
        return;
      }
      const found = commandFor(event, labels.length);
      if (!found || ((helpOpen || historyOpen) && found.command !== "help" && found.command !== "history")) {
        return;
      }
      if (event.target instanceof HTMLInputElement && event.key.startsWith("Arrow")) {
        return;
      }
      event.preventDefault();
      event.stopPropagation();
      run(session, found.command, found.digit, { nextCase, focusForm });
    };
    window.addEventListener("keydown", listener, { capture: true });
    return () => window.removeEventListener("keydown", listener, { capture: true });
  }, [session, nextCase]);
}
