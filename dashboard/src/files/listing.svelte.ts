// A list that grows page by page as one goes down it: the folders first, then the files.
import { api, type Page } from "../api/client";
import { type Entry, type File, type Folder, keyOf, nameOf } from "./entry";

export type Sort = { by: "name" | "updated" | "created" | "size" | "kind"; down: boolean };

type Query = Record<string, string | string[]>;
/** Where entries come from: a list of the server, and what makes an entry of its items. */
export type Source = { path: string; query: Query; entry: (item: never) => Entry };

/** A source that is not at its end yet, with a page that was asked for before it was needed. */
type Open = { source: Source; cursor: string | null; ahead: Promise<Page<never>> | null };

// The first page is small, so that something is to be seen at once.
const FIRST = 100;
const FURTHER = 500;

/** The folders in a folder. The server does not sort them by what only files have. */
export function foldersIn(path: string, sort: Sort): Source {
  const by = sort.by === "updated" || sort.by === "created" ? sort.by : "name";
  const down = sort.down && sort.by !== "size" && sort.by !== "kind";
  return { path: "/v1/folders", query: { parent: path, sort: `${down ? "-" : ""}${by}` }, entry: (folder: Folder) => ({ kind: "folder", folder }) };
}

/** Files that pass the filters. */
export function filesBy(query: Query, sort: Sort): Source {
  return { path: "/v1/files", query: { ...query, sort: `${sort.down ? "-" : ""}${sort.by}` }, entry: (file: File) => ({ kind: "file", file }) };
}

export class Listing {
  /** What has come so far, in order. */
  entries: readonly Entry[] = $state.raw([]);
  /** `loading`: nothing can be said yet. `more`: there are further pages. */
  state: "loading" | "more" | "ended" | "failed" = $state("loading");
  problem: unknown = $state(null);
  readonly keys = $derived(this.entries.map(keyOf));

  /** Whether the end of the list is known. */
  readonly ended = $derived(this.state === "ended");

  #open: Open[];
  #stop = new AbortController();
  #busy = false;

  constructor(sources: Source[]) {
    // The first pages of all sources are asked for together.
    this.#open = sources.map((source) => ({ source, cursor: null, ahead: this.#page(source, null, FIRST) }));
    for (const { ahead } of this.#open) ahead?.catch(() => undefined);
    void this.more();
  }

  /** Asks for the next page, unless one is on its way. */
  async more(): Promise<void> {
    const current = this.#open[0];
    if (this.#busy || !current) return;
    this.#busy = true;
    try {
      const asked = current.ahead ?? this.#page(current.source, current.cursor, FURTHER);
      current.ahead = null;
      this.#take(current, await asked);
    } catch (problem) {
      if (!this.#stop.signal.aborted) {
        this.state = "failed";
        this.problem = problem;
      }
    }
    this.#busy = false;
    if (this.state === "loading" && !this.#stop.signal.aborted) void this.more();
  }

  #take(current: Open, page: Page<never>): void {
    if (this.#stop.signal.aborted) return;
    const known = new Set(this.keys);
    const fresh = page.items.map(current.source.entry).filter((entry) => !known.has(keyOf(entry)));
    this.entries = [...this.entries, ...fresh];
    current.cursor = page.next_cursor ?? null;
    if (!current.cursor) this.#open.shift();
    const next = this.#open[0];
    this.state = !next ? "ended" : next.ahead ? "loading" : "more";
  }

  #page(source: Source, cursor: string | null, limit: number): Promise<Page<never>> {
    return api.get<Page<never>>(source.path, { query: { ...source.query, limit, cursor }, signal: this.#stop.signal });
  }

  /** Asks again after a failure. */
  retry(): void {
    this.state = "loading";
    this.problem = null;
    void this.more();
  }

  /** Shows an entry as it is now, if it is here. */
  replace(entry: Entry): void {
    const key = keyOf(entry);
    if (this.keys.includes(key)) this.entries = this.entries.map((old) => (keyOf(old) === key ? entry : old));
  }

  /** Shows a new entry: a folder among the folders by its name, a file before the other files. */
  add(entry: Entry): void {
    if (this.keys.includes(keyOf(entry))) return this.replace(entry);
    const before = this.entries.findIndex((old) =>
      old.kind === "file" || (entry.kind === "folder" && nameOf(old).localeCompare(nameOf(entry)) > 0),
    );
    this.entries = this.entries.toSpliced(before < 0 ? this.entries.length : before, 0, entry);
  }

  /** Takes entries away. */
  remove(entries: readonly Entry[]): void {
    const gone = new Set(entries.map(keyOf));
    this.entries = this.entries.filter((entry) => !gone.has(keyOf(entry)));
  }

  /** Ends what is under way; the list is not shown any more. */
  close(): void {
    this.#stop.abort();
  }
}
