// A list of the server's, read page by page, with what a screen must say of it: on its way, failed, or there.
import { api, type Options, type Page, Problem } from "../api/client";

/** The items of `path` that were read so far. */
export class List<T> {
  items: T[] = $state([]);
  state: "loading" | "ready" | "failed" = $state("loading");
  problem: Problem | null = $state(null);
  /** Whether another page is on its way. */
  adding = $state(false);
  /** The first page as the server gave it: some lists tell more than their items. */
  first: Page<T> | null = $state.raw(null);
  #cursor: string | null = $state(null);
  #path: string;
  #query: () => NonNullable<Options["query"]> & object;
  #pages = 0;
  // Only the answer to the newest question counts.
  #asked = 0;

  /** Nothing is read before `load`. `query` is asked anew for each first page. */
  constructor(path: string, query: () => Record<string, string | number | boolean | null | string[]> = () => ({})) {
    this.#path = path;
    this.#query = query;
  }

  /** Whether the server has more than was read. */
  get hasMore(): boolean {
    return this.#cursor !== null;
  }

  /** Reads the first page. What is shown stays until the answer is there. */
  async load(): Promise<void> {
    const asked = ++this.#asked;
    if (this.state === "failed") this.state = "loading";
    try {
      const page = await this.#read(null);
      if (asked !== this.#asked) return;
      this.items = page.items;
      this.first = page;
      this.#pages = 1;
      this.#cursor = page.next_cursor ?? null;
      this.state = "ready";
      this.problem = null;
    } catch (error) {
      if (asked === this.#asked) this.#fail(error);
    }
  }

  /** Reads the first page again, unless somebody has gone on to further ones or nobody looks at the page. */
  async again(): Promise<void> {
    if (this.#pages === 1 && !this.adding && !document.hidden) await this.load();
  }

  /** Reads the next page, if there is one. */
  async more(): Promise<void> {
    if (!this.#cursor || this.adding) return;
    const asked = this.#asked;
    this.adding = true;
    try {
      const page = await this.#read(this.#cursor);
      if (asked !== this.#asked) return;
      this.items.push(...page.items);
      this.#pages += 1;
      this.#cursor = page.next_cursor ?? null;
    } catch (error) {
      if (asked === this.#asked) this.#fail(error);
    } finally {
      this.adding = false;
    }
  }

  /** Takes the items out that `gone` names: they are no longer there. */
  drop(gone: (item: T) => boolean): void {
    this.items = this.items.filter((item) => !gone(item));
  }

  #read(cursor: string | null): Promise<Page<T>> {
    return api.get<Page<T>>(this.#path, { query: { ...this.#query(), cursor } as Options["query"] });
  }

  #fail(error: unknown): void {
    this.problem = error instanceof Problem ? error : new Problem(0, "unknown", "Something went wrong", String(error));
    this.state = "failed";
  }
}
