// What happens in the account, the newest first, as it happens: a long poll waits at the server for what comes next.
import { api, Problem, type Schemas } from "../api/client";

type Event = Schemas["Event"];
type Events = Schemas["Events"];

const LIMIT = 100;
/** Seconds that one poll waits. */
const WAIT = 25;
/** Milliseconds before the next attempt after a failed one. */
const PAUSE = 5000;

export class Feed {
  items: Event[] = $state([]);
  state: "loading" | "ready" | "failed" = $state("loading");
  problem: Problem | null = $state(null);
  adding = $state(false);
  /** Whether new events appear by themselves now. */
  live = $state(false);
  #older: number | null = $state(null);
  #last = 0;
  #kind = "";
  #end = new AbortController();

  get hasMore(): boolean {
    return this.#older !== null;
  }

  /** Begins anew with events of one kind, or of all for `""`. */
  async start(kind: string): Promise<void> {
    this.stop();
    this.#kind = kind;
    this.#end = new AbortController();
    const { signal } = this.#end;
    this.state = "loading";
    try {
      const first = await this.#before("end", signal);
      this.items = first.items;
      this.#last = first.last;
      this.state = "ready";
      void this.#follow(signal);
    } catch (error) {
      if (signal.aborted) return;
      this.problem = error as Problem;
      this.state = "failed";
    }
  }

  /** Once more after a failure. */
  load(): Promise<void> {
    return this.start(this.#kind);
  }

  /** Waits for nothing any more. */
  stop(): void {
    this.#end.abort();
    this.live = false;
  }

  /** Reads older ones. */
  async more(): Promise<void> {
    if (this.#older === null || this.adding) return;
    const { signal } = this.#end;
    this.adding = true;
    try {
      this.items.push(...(await this.#before(this.#older, signal)).items);
    } catch (error) {
      if (signal.aborted) return;
      this.problem = error as Problem;
      this.state = "failed";
    } finally {
      this.adding = false;
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    this.live = true;
    while (!signal.aborted) {
      try {
        const news = await this.#read({ after: this.#last, wait: WAIT }, signal);
        this.#last = news.last;
        this.items.unshift(...news.items.reverse());
        this.live = true;
      } catch {
        if (signal.aborted) return;
        this.live = false;
        await new Promise((done) => setTimeout(done, PAUSE));
      }
    }
  }

  /** Older events. Of a rare kind there may be none in a part, so it goes on until there is one, or no more part. */
  async #before(before: number | "end", signal: AbortSignal): Promise<Events> {
    const page = await this.#read({ before }, signal);
    this.#older = page.before ?? null;
    return page.items.length || this.#older === null ? page : this.#before(this.#older, signal);
  }

  #read(part: { before: number | "end" } | { after: number; wait: number }, signal: AbortSignal): Promise<Events> {
    return api.get<Events>("/v1/events", { query: { ...part, kinds: this.#kind, limit: LIMIT }, signal });
  }
}
