// Everything in the queue in a few numbers.
import { secondsLeft } from "./rate";
import type { State } from "./state";
import type { Transfer } from "./transfer";

/** Counts, bytes and time. */
export interface Summary {
  /** How many are at what. */
  count: Record<State, number>;
  all: number;
  bytes: number;
  sent: number;
  /** Bytes in a second, of those that run. */
  perSecond: number;
  /** Seconds for all that runs or waits; `null` where nobody knows. */
  left: number | null;
}

/** The summary of a list. `workPerSecond` counts bytes, and `fileWeight` for each file. */
export function summaryOf(list: readonly Transfer[], workPerSecond: number, fileWeight: number): Summary {
  const count: Record<State, number> = { waiting: 0, running: 0, paused: 0, resting: 0, interrupted: 0, failed: 0, done: 0 };
  let [bytes, sent, todo, files] = [0, 0, 0, 0];
  for (const transfer of list) {
    count[transfer.state] += 1;
    bytes += transfer.size;
    sent += transfer.sent;
    if (transfer.state === "running" || transfer.state === "waiting") {
      todo += transfer.size - transfer.sent;
      files += 1;
    }
  }
  const left = files === 0 ? null : secondsLeft(todo + files * fileWeight, workPerSecond);
  return { count, all: list.length, bytes, sent, perSecond: workPerSecond, left };
}
