// The page that is shown in an iframe: one panel that fills it. The record stands in the query; the token in the fragment, which
// no server sees, or in a message `{type: "attache-token", token}` of the page around.

/** Wires the element of a frame's page to the page around it. */
export function frame(element: HTMLElement): void {
  element.setAttribute("frame", "");
  document.body.style.margin = "0";
  const query = new URLSearchParams(location.search);
  for (const name of ["record", "theme", "lang"]) {
    const value = query.get(name);
    if (value && !element.hasAttribute(name)) element.setAttribute(name, value);
  }
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token) {
    element.setAttribute("token", token);
    // It must not stay in the history, nor in an address that somebody copies.
    history.replaceState(null, "", location.pathname + location.search);
  }
  addEventListener("message", (event: MessageEvent<unknown>) => heed(event, element));
  // The page around hears what a page with the element hears. No secret is in it.
  for (const name of ["attache-token-needed", "attache-uploaded", "attache-error"]) {
    element.addEventListener(name, (event) => parent.postMessage({ type: name, ...(event as CustomEvent<object>).detail }, "*"));
  }
}

function heed(event: MessageEvent<unknown>, element: HTMLElement): void {
  const said = event.data as { type?: unknown; token?: unknown } | null;
  // Only who frames this page may hand it a token; the server's policy says who may frame it.
  if (event.source !== parent || said?.type !== "attache-token" || typeof said.token !== "string") return;
  element.setAttribute("token", said.token);
}
