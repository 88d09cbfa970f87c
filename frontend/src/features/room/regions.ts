/** Going through the parts of the room by one key, so that every button can be come to without the mouse. */

/** Top bar, tools, banners, series, images, and the sections of the panel: in the order of the page. */
const REGIONS = "[data-region], aside section";
const STOPS =
  "button:not(:disabled), a[href], input:not(:disabled, [type=hidden]), textarea:not(:disabled), select, [tabindex='0']";

/** What takes the focus in a part: the images as a whole, elsewhere the first control. */
function stopOf(region: HTMLElement): HTMLElement | null {
  if (region.hasAttribute("data-images")) {
    return region;
  }
  return [...region.querySelectorAll<HTMLElement>(STOPS)].find((stop) => stop.offsetParent !== null) ?? null;
}

/** Focus the next part (or, with -1, the one before); after the last comes the first. */
export function focusRegion(by: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>(REGIONS)].filter((region) => stopOf(region) !== null);
  const here = regions.findIndex((region) => region.contains(document.activeElement));
  const from = here < 0 && by < 0 ? 0 : here;
  const next = regions[(from + by + regions.length) % regions.length];
  const stop = next && stopOf(next);
  stop?.scrollIntoView({ block: "nearest" });
  stop?.focus();
}
