import { Menu } from "@mantine/core";
import type { ReactNode } from "react";

/** Mantine makes every dropdown a menu, in which nothing may lie but items; this one is a group of menus and fields. */
function asGroup(node: HTMLDivElement | null): void {
  node?.setAttribute("role", "group");
  node?.removeAttribute("aria-orientation");
}

/** The dropdown of a menu that holds sliders, choices or fields beside its items; those lie in `MenuPart`s. */
export function MixedDropdown({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Menu.Dropdown ref={asGroup} aria-label={label}>
      {children}
    </Menu.Dropdown>
  );
}

export function MenuPart({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div role="menu" aria-label={label}>
      {children}
    </div>
  );
}
