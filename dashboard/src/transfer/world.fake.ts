// A world for tests: time that stands still, a network that does what it is told, and files that are only names.
import { type Fault, faultOf } from "./fault";
import type { Memo, Memory } from "./memory";
import type { World } from "./queue";
import type { Job, Sender, Watch } from "./sender";

/** A file of `size` bytes. */
export function file(name: string, size = 100, modified = 1): File {
  const made = new File([], name, { lastModified: modified });
  Object.defineProperty(made, "size", { value: size });
  return made;
}

/** Something that was begun. */
export interface Begun {
  job: Job;
  watch: Watch;
  stopped: boolean;
}

/** See the module's head. */
export class FakeWorld implements World {
  time = 1_000_000;
  isOnline = true;
  begun: Begun[] = [];
  discarded: string[] = [];
  memos = new Map<string, Memo>();
  #timers: { at: number; what: () => void }[] = [];
  #count = 0;

  sender: Sender = {
    begin: (job, watch) => {
      const begun = { job, watch, stopped: false };
      this.begun.push(begun);
      return { stop: () => (begun.stopped = true) };
    },
    discard: async (url) => void this.discarded.push(url),
  };
  memory: Memory = {
    recall: async () => [...this.memos.values()],
    keep: (memo) => this.memos.set(memo.id, memo),
    forget: (id) => this.memos.delete(id),
  };

  now = () => this.time;
  chance = () => 0.5;
  online = () => this.isOnline;
  unique = () => `id-${++this.#count}`;
  later(ms: number, what: () => void): () => void {
    const timer = { at: this.time + ms, what };
    this.#timers.push(timer);
    return () => (this.#timers = this.#timers.filter((other) => other !== timer));
  }

  /** Lets time go on, and what was due happen. */
  pass(ms: number): void {
    this.time += ms;
    const due = this.#timers.filter(({ at }) => at <= this.time);
    this.#timers = this.#timers.filter(({ at }) => at > this.time);
    for (const { what } of due) what();
  }

  /** The last thing that was begun. */
  get last(): Begun {
    return this.begun.at(-1)!;
  }

  /** What runs now, by name. */
  get running(): string[] {
    return this.begun.filter(({ stopped }) => !stopped).map(({ job }) => job.file.name);
  }
}

/** The fault of a server that does not answer. */
export const away: Fault = faultOf({ status: 0 });
