// Speaks to the server's own API as the session that the cookie holds. Every refusal becomes a `Problem`.
import type { components } from "./schema";

export type Schemas = components["schemas"];
/** Where in a request something was wrong: one of pointer, parameter and header is set. */
export type Place = Schemas["Place"];
/** One page of a list; `next_cursor` asks for the next one. */
export type Page<T> = { items: T[]; next_cursor?: string | null };

type Value = string | number | boolean | null | undefined;
/** What a request may carry. `json` and `body` exclude each other. */
export type Options = {
  /** Query parameters. Empty ones (`null`, `undefined`, `""`) are left out; arrays are repeated. */
  query?: Record<string, Value | Value[]> | URLSearchParams;
  json?: unknown;
  body?: BodyInit;
  headers?: Record<string, string>;
  signal?: AbortSignal;
};

/** A refusal, as the server worded it; `status` is 0 where no answer came at all. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly errors: Place[] = [],
  ) {
    super(detail || title);
    this.name = "Problem";
  }

  /** What is wrong with the member of that name, if it is to blame. */
  at(member: string): string | undefined {
    return this.errors.find((place) => place.pointer === `#/${member}` || place.parameter === member)?.detail;
  }
}

/** Headers that every request must carry which the session's cookie lets in. */
export const sessionHeaders: Readonly<Record<string, string>> = { "X-Attache-Session": "1" };

const onUnauthorized = new Set<() => void>();
/** Calls `hear` whenever the server says that the session is over. Returns how to stop that. */
export function onSignedOut(hear: () => void): () => void {
  onUnauthorized.add(hear);
  return () => onUnauthorized.delete(hear);
}

/** The address of `path` with its query, as it is requested. */
export function address(path: string, query?: Options["query"]): string {
  if (!query) return path;
  const sent = query instanceof URLSearchParams ? query : parameters(query);
  const text = sent.toString();
  return text ? `${path}${path.includes("?") ? "&" : "?"}${text}` : path;
}

function parameters(query: Record<string, Value | Value[]>): URLSearchParams {
  const sent = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== null && one !== undefined && one !== "") sent.append(name, String(one));
    }
  }
  return sent;
}

/** Sends a request and returns the answer as it came; throws a `Problem` for every refusal. */
export async function send(method: string, path: string, options: Options = {}): Promise<Response> {
  const headers: Record<string, string> = { ...sessionHeaders, ...options.headers };
  let body = options.body;
  if (options.json !== undefined) {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(options.json);
  }
  const response = await reach(address(path, options.query), { method, headers, body, signal: options.signal });
  if (response.ok) return response;
  const problem = await read(response);
  if (response.status === 401) for (const hear of onUnauthorized) hear();
  throw problem;
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { ...init, credentials: "same-origin" });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    const offline = typeof navigator !== "undefined" && navigator.onLine === false;
    throw new Problem(
      0,
      offline ? "offline" : "unreachable",
      offline ? "You are offline" : "The server does not answer",
      offline ? "Nothing was changed. Try again when you are connected." : "Try again in a moment.",
    );
  }
}

async function read(response: Response): Promise<Problem> {
  const said = await response.json().catch(() => null);
  if (said && typeof said.code === "string") {
    return new Problem(response.status, said.code, said.title ?? "", said.detail ?? "", said.errors ?? []);
  }
  return new Problem(response.status, "unknown", `The server answered ${response.status}`, "Try again, or ask who runs it.");
}

async function call<T>(method: string, path: string, options?: Options): Promise<T> {
  const response = await send(method, path, options);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

/** The requests by their verbs. `T` is what the answer holds; `void` where it is 204. */
export const api = {
  get: <T>(path: string, options?: Options) => call<T>("GET", path, options),
  post: <T>(path: string, options?: Options) => call<T>("POST", path, options),
  put: <T>(path: string, options?: Options) => call<T>("PUT", path, options),
  patch: <T>(path: string, options?: Options) => call<T>("PATCH", path, options),
  delete: <T = void>(path: string, options?: Options) => call<T>("DELETE", path, options),
};

/** The pages of a list one after another: `for await (const items of pages<File>("/v1/files")) ...`. */
export async function* pages<T>(path: string, options: Options = {}): AsyncGenerator<T[], void> {
  let cursor: string | null | undefined;
  do {
    const query = options.query instanceof URLSearchParams ? new URLSearchParams(options.query) : parameters(options.query ?? {});
    if (cursor) query.set("cursor", cursor);
    const page = await api.get<Page<T>>(path, { ...options, query });
    yield page.items;
    cursor = page.next_cursor;
  } while (cursor);
}
