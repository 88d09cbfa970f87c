/** Going through the forms by keyboard: into them, from field to field, and back to the images. */

import { commandFor } from "./hotkeys";
import { useRoom } from "./store";

const FIELDS = "[data-form] [data-question], [data-form] [data-field]";

export const isInForm = (target: EventTarget | null): target is HTMLElement =>
  target instanceof HTMLElement && target.closest("[data-form]") !== null;

/** The control that has the focus was clicked. */
let pointed = false;

/** Begin to note how the focus goes from place to place; returns how to stop. */
export function watchFocus(): () => void {
  const byPointer = ({ target }: PointerEvent) => {
    pointed = target instanceof Element && target.closest("input, label") !== null;
  };
  const byKey = ({ key }: KeyboardEvent) => {
    pointed &&= key !== "Tab";
  };
  window.addEventListener("pointerdown", byPointer, { capture: true });
  window.addEventListener("keydown", byKey, { capture: true });
  return () => {
    window.removeEventListener("pointerdown", byPointer, { capture: true });
    window.removeEventListener("keydown", byKey, { capture: true });
  };
}

/** Keys that choose in a control which has the focus; digits do so in forms, elsewhere they are labels. */
const CHOOSING = /^(Arrow.*| )$/;
const CHOOSING_IN_FORM = /^(Arrow.*|[0-9 ])$/;

/**
 * What a key does in the control it comes to: "here" where it chooses there, "images" where it would, but the control was
 * clicked: the hand is at the images, and a label's key must not change the answer just given. Null for all other keys.
 */
export function chooses({ target, key }: KeyboardEvent): "here" | "images" | null {
  if (!(target instanceof HTMLInputElement) || !(isInForm(target) ? CHOOSING_IN_FORM : CHOOSING).test(key)) {
    return null;
  }
  return pointed && ["radio", "checkbox"].includes(target.type) ? "images" : "here";
}

/** The control of a field that takes the keys: what is chosen already, or else the first. */
function controlOf(field: Element): HTMLElement | null {
  if (field.matches("input, textarea")) {
    return field as HTMLElement;
  }
  return field.querySelector<HTMLElement>("input:checked") ?? field.querySelector("input, textarea");
}

function focusField(field: Element | undefined): boolean {
  const control = field && controlOf(field);
  pointed = false;
  control?.scrollIntoView({ block: "nearest" });
  control?.focus();
  return Boolean(control);
}

/** The panel is drawn after the images: whoever asks for the form before that is brought there when it comes. */
const PANEL_MS = 2000;

/** Focus the first question that has no answer yet, of a finding that is open or of the case. */
export function focusForm(): void {
  useRoom.setState({ panelOpen: true });
  const [until, before] = [performance.now() + PANEL_MS, document.activeElement];
  const attempt = () => {
    if (!focusOpenQuestion() && performance.now() < until && document.activeElement === before) {
      requestAnimationFrame(attempt);
    }
  };
  attempt();
}

/** At once where it can be: the next key may be the answer. */
function focusOpenQuestion(): boolean {
  const fields = [...document.querySelectorAll(FIELDS)];
  const questions = fields.filter((field) => field.hasAttribute("data-question"));
  return focusField(questions.find((field) => field.getAttribute("data-answered") === "false") ?? questions[0]);
}

/** Leave the form: keys act on the images again. */
export function focusImages(): void {
  document.querySelector<HTMLElement>("[data-images]")?.focus();
}

function nextField(from: HTMLElement): void {
  const fields = [...document.querySelectorAll(FIELDS)];
  const at = fields.findIndex((field) => field.contains(from));
  if (!focusField(fields[at + 1])) {
    document.querySelector<HTMLElement>("[data-testid='submit']")?.focus();
  }
}

const isText = (target: HTMLElement): boolean =>
  target instanceof HTMLTextAreaElement ||
  (target instanceof HTMLInputElement && !["checkbox", "radio"].includes(target.type));

/**
 * A key in a form: Enter goes on (Ctrl + Enter from a text of several lines), Esc goes back to the images, and so does
 * the form's own key where nothing is being typed. True when the key was used up.
 */
export function keyInForm(event: KeyboardEvent): boolean {
  const { target } = event;
  if (!isInForm(target) || target.getAttribute("aria-expanded") === "true") {
    return false; // an open list takes Enter and Esc itself
  }
  const lines = target instanceof HTMLTextAreaElement;
  if (event.key === "Enter" && target.tagName !== "BUTTON" && (!lines || event.ctrlKey || event.metaKey)) {
    nextField(target);
    return true;
  }
  if (event.key === "Escape" || (!isText(target) && commandFor(event, 0)?.command === "form")) {
    focusImages();
    return true;
  }
  return false;
}
