import { useEffect } from "react";

import { run } from "./commands";
import { chooses, focusForm, isInForm, keyInForm, watchFocus } from "./formFocus";
import { commandFor, movesView } from "./hotkeys";
import { useSegment } from "./segmentStore";
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

/** What moves a slider that has the focus. */
const SLIDER_KEYS = /^(Arrow.*|Home|End|PageUp|PageDown)$/;

/** Sliders that are no input fields. */
const isSlider = (target: EventTarget | null): boolean => target instanceof HTMLElement && target.role === "slider";

const TOOL_KEYS: ReadonlySet<string> = new Set(["Enter", "Backspace", "Escape"]);

/** Enter, Backspace and Escape belong to what is open in the tool; Enter takes a preview. */
function takenByTool(session: RoomSession, event: KeyboardEvent): boolean {
  const { viewer } = session;
  const onButton = event.key === "Enter" && event.target instanceof HTMLElement && event.target.tagName === "BUTTON";
  if (!viewer || onButton || !TOOL_KEYS.has(event.key)) {
    return false;
  }
  if (event.key === "Enter" && useSegment.getState().status?.share === null) {
    void viewer.attempt(Promise.resolve().then(() => viewer.editor.accept()));
    return true;
  }
  return viewer.key(event.key as "Enter" | "Backspace" | "Escape");
}

/** Listen to the keys of the room while it is on the screen. */
export function useHotkeys(session: RoomSession | null, nextCase: () => void): void {
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      const {
        helpOpen,
        keysOpen,
        notReadableOpen,
        submitOpen,
        conflict,
        historyOpen,
        filesOpen,
        hangingOpen,
        overlayOpen,
        tagsOf,
        labels,
        previewed,
      } = useRoom.getState();
      if (isInForm(event.target) && keyInForm(event)) {
        event.preventDefault();
        event.stopPropagation();
        return;
      }
      if (event.key === "Escape" && isWriting(event.target) && event.target instanceof HTMLElement) {
        event.target.blur();
        return;
      }
      if (
        !session ||
        isWriting(event.target) ||
        submitOpen ||
        keysOpen ||
        notReadableOpen ||
        conflict ||
        hangingOpen ||
        overlayOpen ||
        tagsOf !== null
      ) {
        return;
      }
      if (event.key === "Escape" && previewed !== null && !historyOpen && !helpOpen && !filesOpen) {
        session.preview.leave();
        return;
      }
      if (takenByTool(session, event)) {
        event.preventDefault();
        event.stopPropagation();
        return;
      }
      const found = commandFor(event, labels.length);
      const covered = helpOpen || historyOpen || filesOpen;
      if (covered && !["help", "history", "files"].includes(found?.command ?? "")) {
        return;
      }
      const choosing = chooses(event);
      if (choosing === "images") {
        event.preventDefault();
        event.stopPropagation();
      }
      if (!found || choosing === "here" || (isSlider(event.target) && SLIDER_KEYS.test(event.key))) {
        return;
      }
      event.preventDefault();
      event.stopPropagation();
      if (session.viewer?.drawing && movesView(found.command)) {
        return; // the hand would go on elsewhere than where it is seen
      }
      run(session, found.command, found.digit, { nextCase, focusForm });
    };
    const unwatch = watchFocus();
    window.addEventListener("keydown", listener, { capture: true });
    return () => {
      unwatch();
      window.removeEventListener("keydown", listener, { capture: true });
    };
  }, [session, nextCase]);
}
