// Which screen the address names, and how to go to another one without loading the page anew.

/** Names of the screens. */
export type Name =
  | "files" | "file" | "records" | "record" | "search" | "trash" | "links" | "tokens"
  | "tasks" | "events" | "usage" | "intakes" | "webhooks" | "licences" | "unknown";

/** An address, understood. */
export type Route = { name: Name; path: string; params: Record<string, string>; query: URLSearchParams };

// The first one that fits counts. `:x` is one segment, `*` the rest.
const patterns: [string, Name][] = [
  ["/", "files"],
  ["/files/*", "files"],
  ["/file/:id", "file"],
  ["/records", "records"],
  ["/record/:type/:id", "record"],
  ["/search", "search"],
  ["/trash", "trash"],
  ["/links", "links"],
  ["/tokens", "tokens"],
  ["/tasks", "tasks"],
  ["/events", "events"],
  ["/usage", "usage"],
  ["/intakes", "intakes"],
  ["/webhooks", "webhooks"],
  ["/licences", "licences"],
];

/** What the address `path?query` names. The rest of a `*` is in `params.path`, with a leading slash. */
export function understand(address: string): Route {
  const url = new URL(address, "http://here");
  const segments = url.pathname.split("/").filter((segment) => segment !== "");
  for (const [pattern, name] of patterns) {
    const params = fit(pattern.split("/").filter((part) => part !== ""), segments);
    if (params) return { name, path: url.pathname, params, query: url.searchParams };
  }
  return { name: "unknown", path: url.pathname, params: {}, query: url.searchParams };
}

function fit(pattern: string[], segments: string[]): Record<string, string> | null {
  const params: Record<string, string> = {};
  const open = pattern.at(-1) === "*";
  if (open ? segments.length < pattern.length - 1 : segments.length !== pattern.length) return null;
  for (const [i, part] of pattern.entries()) {
    if (part === "*") {
      params.path = `/${segments.slice(i).map(decode).join("/")}`;
    } else if (part.startsWith(":")) {
      params[part.slice(1)] = decode(segments[i] ?? "");
    } else if (part !== segments[i]) {
      return null;
    }
  }
  return params;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

const here = typeof location === "undefined" ? "/" : location.pathname + location.search;
/** The screen that is shown. Only `go` and the browser's own buttons change it. */
export const route: Route = $state(understand(here));

/** Shows the screen at `address`. `replace` leaves no step behind to go back to. */
export function go(address: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  Object.assign(route, understand(address));
}

/** The address that shows a folder; `path` begins with a slash. */
export function folderAddress(path: string): string {
  const segments = path.split("/").filter((segment) => segment !== "");
  // Such addresses belong to another API of the server, and a folder may well be called so.
  if (/^(v\d+|\d{4}-\d{2})$/.test(segments[0] ?? "")) return `/files?folder=${encodeURIComponent(path)}`;
  return segments.length ? `/files/${segments.map(encodeURIComponent).join("/")}` : "/";
}

/** The address that shows a record such as `contact/42`. */
export function recordAddress(record: string): string {
  const slash = record.indexOf("/");
  return `/record/${encodeURIComponent(record.slice(0, slash))}/${encodeURIComponent(record.slice(slash + 1))}`;
}

/** Heeds the browser's buttons, and lets ordinary links to our own screens change the screen in place. */
export function startRouter(): void {
  addEventListener("popstate", () => Object.assign(route, understand(location.pathname + location.search)));
  document.addEventListener("click", (event) => {
    const link = followed(event);
    if (!link) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}

function followed(event: MouseEvent): HTMLAnchorElement | null {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || link.origin !== location.origin || link.target || link.hasAttribute("download")) return null;
  return understand(link.pathname).name === "unknown" ? null : link;
}
