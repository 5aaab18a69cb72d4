// Starts GraphiQL on the API that this page came from. The token is typed into the headers pane; it is in the page's
// memory alone, and goes nowhere but to that API.
"use strict";

// The page's style policy lets in what holds this; menus of GraphiQL add a style of their own.
window.__webpack_nonce__ = document.currentScript.nonce;

const API = new URL("api/graphql", document.baseURI);
const SAMPLE = "Bearer TOKEN";

const WELCOME = `# Put your token in the place of TOKEN in the headers below, then press Ctrl-Enter here.

{
  me {
    name
    username
  }
}
`;

// GraphiQL keeps what was asked, and with it the headers. Here it keeps it until the page is left.
const memory = new Map();
const storage = {
  get length() { return memory.size; },
  getItem: (name) => memory.get(name) ?? null,
  setItem: (name, value) => { memory.set(name, value); },
  removeItem: (name) => { memory.delete(name); },
  clear: () => { memory.clear(); },
};

// The header that the schema was last asked for with.
let known = null;

async function send(parameters, options) {
  const headers = { Accept: "application/json", ...options?.headers, "Content-Type": "application/json" };
  const shown = headers.Authorization ?? SAMPLE;
  if (shown === SAMPLE) {
    return { errors: [{ message: "Put your token in the place of TOKEN in the headers, then run the query." }] };
  }
  const answer = await fetch(API, { method: "POST", credentials: "omit", headers, body: JSON.stringify(parameters) });
  const said = await answer.json();
  if (answer.ok && shown !== known) {
    known = shown;
    show();
  }
  return said;
}

// GraphiQL asks for the schema again when it is given another function to ask with.
function show() {
  root.render(React.createElement(GraphiQL, {
    fetcher: (parameters, options) => send(parameters, options),
    defaultQuery: WELCOME,
    defaultHeaders: JSON.stringify({ Authorization: SAMPLE }, null, 2),
    defaultEditorToolsVisibility: "headers",
    showPersistHeadersSettings: false,
    storage,
  }));
}

const root = ReactDOM.createRoot(document.getElementById("graphiql"));
show();
