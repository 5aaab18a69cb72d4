// The panel's access to the server: its token, where a new one comes from, and requests that carry it.
import type { Word } from "./words";

/** Why something could not be done. */
export class Refusal extends Error {
  constructor(
    /** HTTP status; 0 where no answer came. */
    readonly status: number,
    readonly code: string,
    /** The server's sentence; empty where it said none. */
    readonly detail: string,
  ) {
    super(detail || code);
    this.name = "Refusal";
  }

  /** The word for it where the server's sentence would not help. */
  get word(): Word {
    if (this.code === "no_token") return "no_token";
    if (this.status === 0) return "unreachable";
    return this.status === 401 ? "ended" : this.status === 403 ? "refused" : "went_wrong";
  }
}

/** Where tokens come from. */
export interface Keys {
  /** The page's own address that answers with a token; empty for none. */
  url(): string;
  /** Tells the page that a token is needed; it may set one soon. */
  needed(): void;
}

/** How long the page may take to set a token that it was asked for, in milliseconds. */
const PATIENCE = 15_000;

/** See the module's head. */
export class Access {
  #token = "";
  #waiting = new Set<(token: string) => void>();
  #renewing: Promise<boolean> | null = null;

  constructor(
    /** Address of the server without a slash at its end. */
    readonly server: string,
    private readonly keys: Keys,
    private readonly patience = PATIENCE,
  ) {}

  /** A token that the page gives. */
  give(token: string): void {
    this.#token = token;
    if (token === "") return;
    for (const go of this.#waiting) go(token);
    this.#waiting.clear();
  }

  /** What every request carries. It waits for a first token. */
  async headers(): Promise<Record<string, string>> {
    if (this.#token === "" && !(await this.renew())) throw new Refusal(401, "no_token", "");
    return { Authorization: `Bearer ${this.#token}` };
  }

  /** Gets a new token, from `token-url` or from the page. Several who ask at once get the same one. */
  renew(): Promise<boolean> {
    this.#renewing ??= this.#fetchToken().finally(() => (this.#renewing = null));
    return this.#renewing;
  }

  /** A request for JSON. A token that has ended is renewed once. Throws a `Refusal`. */
  async ask<T>(method: string, path: string): Promise<T> {
    const answer = await this.#answer(method, path);
    return (answer.status === 204 ? undefined : await answer.json()) as T;
  }

  /** The bytes at a path. Throws a `Refusal`. */
  async bytes(path: string): Promise<Blob> {
    return (await this.#answer("GET", path)).blob();
  }

  async #answer(method: string, path: string): Promise<Response> {
    const first = await this.#send(method, path);
    const answer = first.status === 401 && (await this.renew()) ? await this.#send(method, path) : first;
    if (answer.ok) return answer;
    const problem = (await answer.json().catch(() => null)) as { code?: string; detail?: string } | null;
    throw new Refusal(answer.status, problem?.code ?? "", problem?.detail ?? "");
  }

  async #send(method: string, path: string): Promise<Response> {
    const headers = await this.headers();
    try {
      return await fetch(this.server + path, { method, headers, credentials: "omit" });
    } catch {
      throw new Refusal(0, "unreachable", "");
    }
  }

  async #fetchToken(): Promise<boolean> {
    const url = this.keys.url();
    if (url === "") return this.#waitForPage();
    const token = await asked(url);
    if (token === "") return false;
    this.give(token);
    return true;
  }

  #waitForPage(): Promise<boolean> {
    const old = this.#token;
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), this.patience);
      this.#waiting.add((token) => {
        clearTimeout(timer);
        resolve(token !== old);
      });
      this.keys.needed();
    });
  }
}

/** Asks the page's own server for a token: JSON with `token`, or the token as text. Empty where there is none. */
async function asked(url: string): Promise<string> {
  try {
    const answer = await fetch(url, { credentials: "same-origin", cache: "no-store", headers: { Accept: "application/json" } });
    if (!answer.ok) return "";
    const text = (await answer.text()).trim();
    return text.startsWith("{") ? String((JSON.parse(text) as { token?: unknown }).token ?? "") : text;
  } catch {
    return "";
  }
}
