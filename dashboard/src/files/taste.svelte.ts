// How one likes lists to look; remembered in this browser.
import type { Sort } from "./listing.svelte";

type Taste = { view: "list" | "grid"; sort: Sort; details: boolean };

const place = "attache-taste";
const first: Taste = { view: "list", sort: { by: "name", down: false }, details: true };

function remembered(): Taste {
  try {
    return { ...first, ...(JSON.parse(localStorage.getItem(place) ?? "{}") as Partial<Taste>) };
  } catch {
    return first;
  }
}

export const taste: Taste = $state(remembered());

/** Changes it, now and for the next time. */
export function prefer(change: Partial<Taste>): void {
  Object.assign(taste, change);
  try {
    localStorage.setItem(place, JSON.stringify(taste));
  } catch {
    // A browser that keeps nothing still shows it until the page is closed.
  }
}
