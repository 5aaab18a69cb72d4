// How fast bytes go, and how long the rest will take.

/** What is looked back on, in milliseconds: long enough to be calm, short enough to notice a change. */
const WINDOW = 8_000;
/** The least time between two samples, in milliseconds. */
const APART = 100;

/** Amounts over time. */
export class Rate {
  #samples: { at: number; total: number }[] = [];

  /** `least` is the time that must pass before anything is said, in milliseconds. */
  constructor(private readonly least = 400) {}

  /** Notes that `total` is done by now. A total that falls, or a long silence, begins anew. */
  note(at: number, total: number): void {
    const last = this.#samples.at(-1);
    if (last && (total < last.total || at - last.at > WINDOW)) this.#samples = [];
    if (last && at - last.at < APART && this.#samples.length > 1) this.#samples.pop();
    this.#samples.push({ at, total });
    while (this.#samples.length > 2 && at - (this.#samples[1]?.at ?? at) > WINDOW) this.#samples.shift();
  }

  /** Forgets everything: what was before a pause says nothing about what comes after it. */
  reset(): void {
    this.#samples = [];
  }

  /** Amount in a second, as of `now`; 0 where nothing is known. */
  perSecond(now: number): number {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!first || !last || last.at - first.at < this.least) return 0;
    return ((last.total - first.total) * 1000) / Math.max(now - first.at, last.at - first.at);
  }
}

/** Seconds for an amount at a rate, or `null` where nobody knows. */
export function secondsLeft(amount: number, perSecond: number): number | null {
  return perSecond > 0 ? amount / perSecond : null;
}

/** Seconds as people say them: `40 s`, `3 min`, `2 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3570) return `${Math.round(whole / 60)} min`;
  const minutes = Math.round(whole / 60);
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}
