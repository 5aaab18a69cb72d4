// The one menu that can be open at a time, under a button or where the pointer was.
import type { IconName } from "./icons";

/** One line of a menu. `checked` makes it one of which some are on. */
export type MenuItem = {
  label: string;
  icon?: IconName;
  keys?: string;
  danger?: boolean;
  disabled?: boolean;
  checked?: boolean;
  /** A line above it parts it from what stands before. */
  parted?: boolean;
  run: () => void;
};

type Open = { label: string; items: MenuItem[]; x: number; y: number; back: HTMLElement | null };

/** What is open. */
export const menu: { open: Open | null } = $state({ open: null });

/** Opens a menu with its corner at a place of the window; the focus comes back to where it was. */
export function openMenu(label: string, items: MenuItem[], x: number, y: number): void {
  const back = document.activeElement instanceof HTMLElement ? document.activeElement : null;
  menu.open = { label, items, x, y, back };
}

/** Opens a menu below an element. */
export function openMenuBelow(label: string, items: MenuItem[], element: HTMLElement): void {
  const place = element.getBoundingClientRect();
  openMenu(label, items, place.left, place.bottom + 4);
}

/** Closes it. */
export function closeMenu(): void {
  const back = menu.open?.back;
  menu.open = null;
  back?.focus({ preventScroll: true });
}
