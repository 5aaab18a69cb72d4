// Light, dark, or as the system has it; remembered in this browser.
export type Theme = "system" | "light" | "dark";
const place = "attache-theme";

function remembered(): Theme {
  try {
    const kept = localStorage.getItem(place);
    return kept === "light" || kept === "dark" ? kept : "system";
  } catch {
    return "system";
  }
}

export const theme = $state({ choice: remembered() });

/** Shows the pages in this theme from now on. */
export function choose(choice: Theme): void {
  theme.choice = choice;
  apply();
  try {
    localStorage.setItem(place, choice);
  } catch {
    // A browser that keeps nothing still shows it until the page is closed.
  }
}

/** Puts the choice where the style sheets look for it. */
export function apply(): void {
  if (theme.choice === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.choice;
}
