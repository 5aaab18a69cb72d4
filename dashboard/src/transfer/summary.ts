// Everything in the queue in a few numbers.
import { secondsLeft } from "./rate";
import type { State } from "./state";
import type { Transfer } from "./transfer";

/** The weight of a file beside its bytes, where time is foretold: a thousand small files take longer than one large. */
const FILE_WEIGHT = 64 << 10;

/** Counts, bytes and time. */
export interface Summary {
  /** How many are at what. */
  count: Record<State, number>;
  all: number;
  /** Everything that there is to do, and what of it is done, in weighted bytes. */
  work: number;
  worked: number;
  /** Bytes in a second. */
  perSecond: number;
  /** Seconds for all that runs or waits; `null` where nobody knows. */
  left: number | null;
}

/** How fast the whole queue goes. */
export interface Speed {
  bytes: number;
  work: number;
}

/** The summary of a list. */
export function summaryOf(list: readonly Transfer[], speed: Speed): Summary {
  const count: Record<State, number> = { waiting: 0, running: 0, paused: 0, resting: 0, interrupted: 0, failed: 0, done: 0 };
  let [work, worked, ahead] = [0, 0, 0];
  for (const { state, size, sent } of list) {
    const [all, part] = [size + FILE_WEIGHT, state === "done" ? size + FILE_WEIGHT : Math.min(sent, size)];
    count[state] += 1;
    work += all;
    worked += part;
    if (state === "running" || state === "waiting") ahead += all - part;
  }
  const left = ahead === 0 ? null : secondsLeft(ahead, speed.work);
  return { count, all: list.length, work, worked, perSecond: speed.bytes, left };
}

/** Bytes that are sent, of everything. */
export function sentOf(list: readonly Transfer[]): number {
  return list.reduce((sum, { sent }) => sum + sent, 0);
}
