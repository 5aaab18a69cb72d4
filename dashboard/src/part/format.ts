// Sizes and moments in words.
const units = ["B", "kB", "MB", "GB", "TB", "PB"];

/** A number of bytes with three digits: `1.23 MB`. A kilobyte is 1,000 bytes. */
export function size(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // 999.5 would be rounded to 1,000 of its unit.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** A number with its thousands apart. */
export function number(value: number): string {
  return value.toLocaleString("en");
}

/** `3 files`, `1 file`. */
export function count(value: number, one: string, many = `${one}s`): string {
  return `${number(value)} ${value === 1 ? one : many}`;
}

const day = 86_400_000;

/** A moment as people say it beside a list: the time today, the day this year, else the date. */
export function moment(at: string | Date, now = new Date()): string {
  const then = new Date(at);
  if (then.toDateString() === now.toDateString()) return then.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const near = then.getFullYear() === now.getFullYear();
  return then.toLocaleDateString("en-GB", { day: "numeric", month: "short", ...(near ? {} : { year: "numeric" }) });
}

/** A moment in full, to the second. */
export function exactly(at: string | Date): string {
  return new Date(at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "medium" });
}

/** How far off a moment is: `in 3 days`, `2 hours ago`. */
export function distance(at: string | Date, now = new Date()): string {
  const off = new Date(at).getTime() - now.getTime();
  const far = Math.abs(off);
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  if (far < 60_000) return off < 0 ? "just now" : "in a moment";
  if (far < 3_600_000) return words.format(Math.round(off / 60_000), "minute");
  if (far < day) return words.format(Math.round(off / 3_600_000), "hour");
  if (far < 60 * day) return words.format(Math.round(off / day), "day");
  return words.format(Math.round(off / (30 * day)), "month");
}
