// Tells those who look at the queue that it changed, now and then, and reckons how fast it goes.
import { Rate } from "./rate";
import { type Summary, sentOf, summaryOf } from "./summary";
import type { Transfer } from "./transfer";

/** How often those who look are told at most, in milliseconds. */
const TELL_EVERY = 100;
/** How long everything must have gone before its end is foretold, in milliseconds. */
const CALM = 1_500;

/** The clock that it needs. */
export interface Clock {
  now(): number;
  /** Calls `what` later; the answer takes that back. */
  later(ms: number, what: () => void): () => void;
}

/** See the module's head. */
export class Teller {
  #watchers = new Set<() => void>();
  #isDue = false;
  #bytes = new Rate(CALM);
  #work = new Rate(CALM);
  #summary: Summary | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly list: readonly Transfer[],
  ) {}

  /** Calls `told` after changes. The answer ends that. */
  watch(told: () => void): () => void {
    this.#watchers.add(told);
    return () => this.#watchers.delete(told);
  }

  /** Something changed: those who look hear of it soon, once for all that changes until then. */
  changed(): void {
    this.#summary = null;
    if (this.#isDue) return;
    this.#isDue = true;
    this.clock.later(TELL_EVERY, () => this.#tell());
  }

  /** Everything in a few numbers. */
  get summary(): Summary {
    const now = this.clock.now();
    this.#summary ??= summaryOf(this.list, { bytes: this.#bytes.perSecond(now), work: this.#work.perSecond(now) });
    return this.#summary;
  }

  #tell(): void {
    this.#isDue = false;
    const now = this.clock.now();
    this.#bytes.note(now, sentOf(this.list));
    this.#work.note(now, this.summary.worked);
    this.#summary = null;
    for (const told of this.#watchers) told();
  }
}
