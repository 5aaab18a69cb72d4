// How long to rest before the next try.

const FIRST = 1_000;
/** The longest rest, in milliseconds. */
export const REST_LONGEST = 30_000;

/**
 * Milliseconds before try number `attempt` (1 is the first repetition): 1 s, 2 s, 4 s, ... up to 30 s, up to a quarter more or
 * less by `chance` (0 to 1), so that many pages do not come back to a server in one moment.
 */
export function rest(attempt: number, chance: number): number {
  const base = Math.min(REST_LONGEST, FIRST * 2 ** Math.max(0, attempt - 1));
  return Math.round(base * (0.75 + chance / 2));
}
