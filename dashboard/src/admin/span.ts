// Spans of time that forms offer, in seconds.
export const HOUR = 3_600;
export const DAY = 86_400;

export type Span = { seconds: number; words: string };

/** For what works for days. */
export const days: Span[] = [
  { seconds: DAY, words: "1 day" },
  { seconds: 7 * DAY, words: "7 days" },
  { seconds: 30 * DAY, words: "30 days" },
  { seconds: 90 * DAY, words: "90 days" },
];

/** Whole days from `now` until `at`, the begun one counted; 0 when it is over. */
export function daysUntil(at: Date, now = new Date()): number {
  return Math.max(0, Math.ceil((at.getTime() - now.getTime()) / (DAY * 1000)));
}
