// How long a signed link may live.
const hour = 3600;

/** Seconds, and what they are called. The server lets none live longer than seven days. */
export const lives: readonly [number, string][] = [
  [900, "15 minutes"],
  [hour, "1 hour"],
  [24 * hour, "1 day"],
  [3 * 24 * hour, "3 days"],
  [7 * 24 * hour, "7 days"],
];
