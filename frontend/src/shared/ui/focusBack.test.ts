import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import { focusBack, watchFocus } from "./focusBack";

const at = (id: string) => {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no #${id}`);
  return found;
};

beforeAll(watchFocus);

beforeEach(() => {
  vi.useFakeTimers();
  document.body.innerHTML = `
    <button id="button"></button>
    <div role="menu"><button id="item"></button></div>
    <div role="dialog"><button id="inside"></button></div>`;
});

afterEach(() => vi.useRealTimers());

/** A dialog fades out; a little later it is gone. */
function close(): void {
  focusBack();
  document.querySelectorAll("[role]").forEach((one) => one.remove());
}

/** The focus goes from the page through a menu into a dialog, which closes. */
function throughMenu(): void {
  at("button").focus();
  at("item").focus();
  at("inside").focus();
  close();
}

describe("focusBack", () => {
  it("gives the focus back to what opened the menu from which a dialog came", () => {
    throughMenu();
    expect(document.activeElement).toBe(document.body);
    vi.runAllTimers();
    expect(document.activeElement).toBe(at("button"));
  });

  it("leaves the focus where somebody has put it meanwhile", () => {
    throughMenu();
    document.body.insertAdjacentHTML("beforeend", `<input id="field">`);
    at("field").focus();
    vi.runAllTimers();
    expect(document.activeElement).toBe(at("field"));
  });

  it("gives it to nothing when a dialog was opened by a key over the images", () => {
    at("button").focus();
    at("button").blur();
    at("inside").focus();
    close();
    vi.runAllTimers();
    expect(document.activeElement).toBe(document.body);
  });
});
