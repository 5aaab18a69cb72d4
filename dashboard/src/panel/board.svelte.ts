// The state of one panel: what it shows, and what is being done about it.
import { createSubscriber } from "svelte/reactivity";
import { browserMemory } from "../transfer/memory";
import { Queue } from "../transfer/queue";
import type { Arrived } from "../transfer/sender";
import type { Transfer } from "../transfer/transfer";
import { ofEntries, ofFiles } from "../transfer/tree";
import { tusSender } from "../transfer/tus";
import { browserWorld, guardLeaving } from "../transfer/world";
import { Access, type Keys, Refusal } from "./access";
import type { Word } from "./words";
import { type Item, type Page, PanelApi, type Room, type Shown, type Version } from "./record";

/** The page around the panel: where tokens come from, and who hears what happens. */
export interface Host extends Keys {
  uploaded(file: Arrived): void;
  failed(words: string, code: string): void;
}

/** A list that grows by pages. */
class Pages<T> {
  items: T[] = $state.raw([]);
  next: string | null = $state(null);
  known = $state(false);
  busy = $state(false);

  constructor(private readonly read: (cursor?: string | null) => Promise<Page<T>>) {}

  /** The first page anew. */
  async load(): Promise<void> {
    this.put(await this.read(), []);
  }

  /** The next page. */
  async more(): Promise<void> {
    if (!this.next || this.busy) return;
    this.busy = true;
    try {
      this.put(await this.read(this.next), this.items);
    } finally {
      this.busy = false;
    }
  }

  private put(page: Page<T>, before: T[]): void {
    this.items = [...before, ...page.items];
    this.next = page.next_cursor ?? null;
    this.known = true;
  }
}

/** Signed addresses live for a quarter of an hour; files are read anew before that, in milliseconds. */
const FRESH = 10 * 60_000;
/** The same for somebody who comes back to the page. */
const SEEN_AGAIN = 60_000;

/** See the module's head. */
export class Board {
  room: Room | null = $state.raw(null);
  problem: Refusal | null = $state.raw(null);
  /** The file that is looked at closely. */
  chosen: Shown | null = $state.raw(null);
  versions: Version[] = $state.raw([]);
  /** What is read out. */
  heard: { word: Word; value: string } | null = $state.raw(null);
  /** Why the last thing went wrong. */
  trouble: Refusal | null = $state.raw(null);

  readonly files: Pages<Shown>;
  readonly feed: Pages<Item>;
  readonly queue: Queue;
  readonly access: Access;
  readonly api: PanelApi;
  readonly #look: () => void;
  readonly #ends: (() => void)[] = [];
  #read = 0;
  #told = new Set<string>();

  constructor(server: string, record: string, public host: Host) {
    this.access = new Access(server, { url: () => this.host.url(), needed: () => this.host.needed() });
    this.api = new PanelApi(this.access);
    this.files = new Pages((cursor) => this.api.files(cursor));
    this.feed = new Pages((cursor) => this.api.feed(cursor));
    const door = {
      uploads: `${server}/v1/uploads`,
      headers: () => this.access.headers(),
      file: (id: string) => this.api.arrived(id),
    };
    this.queue = new Queue({ ...browserWorld(), sender: tusSender(door), memory: browserMemory(`${server} ${record}`) });
    this.#look = createSubscriber((update) => this.queue.watch(update));
    const timer = setInterval(() => void this.#refresh(), 30_000);
    // Others may have put files there while nobody looked.
    const seen = () => void this.#refresh(SEEN_AGAIN);
    document.addEventListener("visibilitychange", seen);
    this.#ends = [
      this.queue.onArrived((file) => void this.#arrived(file)),
      this.queue.watch(() => this.#heed()),
      guardLeaving(this.queue),
      () => clearInterval(timer),
      () => document.removeEventListener("visibilitychange", seen),
    ];
  }

  /** All uploads that are not done; read anew when they change. */
  get transfers(): Transfer[] {
    this.#look();
    return this.queue.list.filter(({ state }) => state !== "done");
  }

  may(scope: string): boolean {
    return this.room?.scopes.includes(scope) ?? false;
  }

  /** Reads everything for the first time, or anew after a failure. */
  async open(): Promise<void> {
    this.problem = null;
    try {
      this.room = await this.api.room();
      await this.files.load();
      this.#read = Date.now();
      await this.queue.recall(browserMemory(`${this.access.server} ${this.room.record}`));
    } catch (error) {
      this.#fails(error, (refusal) => (this.problem = refusal));
    }
  }

  /** Looks at one file closely, or at all again. */
  async look(shown: Shown | null): Promise<void> {
    this.chosen = shown;
    this.versions = [];
    if (!shown) return;
    await this.does(async () => {
      const versions = await this.api.versions(shown.file.id);
      if (this.chosen?.file.id === shown.file.id) this.versions = versions;
    });
  }

  /** Uploads onto the record, or as a new version of a file. */
  async upload(what: File[] | FileSystemEntry[], file?: string): Promise<void> {
    const { files } = what[0] instanceof File ? ofFiles(what as File[]) : await ofEntries(what as FileSystemEntry[]);
    this.queue.add(files.map((found) => ({ file: found.file, folder: "" })), file ? { file } : {});
  }

  /** Takes a file off the record, or moves it to the trash. */
  async remove(shown: Shown, how: "unlink" | "trash"): Promise<boolean> {
    const done = await this.does(() => this.api[how](shown.file.id));
    if (!done) return false;
    this.files.items = this.files.items.filter(({ file }) => file.id !== shown.file.id);
    this.chosen = null;
    if (this.feed.known) await this.does(() => this.feed.load());
    return true;
  }

  /** Does something, and shows why where it fails. */
  async does(what: () => Promise<unknown>): Promise<boolean> {
    this.trouble = null;
    try {
      await what();
      return true;
    } catch (error) {
      this.#fails(error, (refusal) => (this.trouble = refusal));
      return false;
    }
  }

  /** Ends it for good. */
  close(): void {
    for (const end of this.#ends) end();
  }

  #fails(error: unknown, show: (refusal: Refusal) => void): void {
    const refusal = error instanceof Refusal ? error : new Refusal(-1, "internal", String(error));
    show(refusal);
    this.host.failed(refusal.message, refusal.code);
  }

  async #arrived(file: Arrived): Promise<void> {
    this.host.uploaded(file);
    this.heard = { word: "uploaded", value: file.name };
    try {
      const shown = await this.api.file(file.id);
      const others = this.files.items.filter((other) => other.file.id !== file.id);
      const known = others.length < this.files.items.length;
      this.files.items = known ? this.files.items.map((other) => (other.file.id === file.id ? shown : other)) : [shown, ...others];
      if (this.chosen?.file.id === file.id) await this.look(shown);
    } catch {
      await this.does(() => this.files.load());
    }
  }

  /** Signed addresses end; pictures that come into view later would stay empty. */
  async #refresh(age = FRESH): Promise<void> {
    if (document.hidden || !this.room || Date.now() - this.#read < age) return;
    this.#read = Date.now();
    await this.does(() => this.files.load());
  }

  /** Uploads that a token's end has stopped go on with the next one; those that failed are told of once. */
  #heed(): void {
    for (const { id, name, state, fault } of this.queue.list) {
      if (state !== "failed") this.#told.delete(id);
      if (state !== "failed" || this.#told.has(id)) continue;
      this.#told.add(id);
      this.heard = { word: "failed", value: name };
      this.host.failed(`${name}: ${fault?.words ?? ""}`, fault?.code ?? "");
    }
    if (!this.queue.isHeld) return;
    void this.access.renew().then((renewed) => renewed && this.queue.release());
  }
}

