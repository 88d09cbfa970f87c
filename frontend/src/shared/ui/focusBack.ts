/** Where the focus goes when a dialog closes whose opener is no longer there: an entry of a menu, a button in a dialog. */

const PASSING = "[role=dialog], [role=menu], [data-menu-dropdown]";

/** What had the focus on the page itself before it went into dialogs and menus. */
let opener: HTMLElement | null = null;

const onPage = (target: EventTarget | null): target is HTMLElement =>
  target instanceof HTMLElement && target.closest(PASSING) === null;

/** From now on, remember from where dialogs and menus are opened. */
export function watchFocus(): void {
  document.addEventListener("focusin", ({ target }) => {
    if (onPage(target)) opener = target;
  });
  document.addEventListener("focusout", ({ target, relatedTarget }) => {
    if (onPage(target) && relatedTarget === null && document.hasFocus()) opener = null;
  });
}

/** A dialog that has faded out is still on the page, and holds the focus, for so long. */
const GONE_MS = 50;

/** A dialog has faded out: give the focus back to the page, unless something else has it by then. */
export function focusBack(): void {
  window.setTimeout(() => {
    const at = document.activeElement;
    if ((at === null || at === document.body) && opener?.isConnected) opener.focus({ preventScroll: true });
  }, GONE_MS);
}
