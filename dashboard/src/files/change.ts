// Tells every list and pane of this page what became of an entry, so that all show the same.
import type { Entry } from "./entry";

/** `changed`: has other properties now. `gone`: is no longer where it was. `come`: is new there. Where `record` is set, that was
 *  on this record, and not in a folder. */
export type Change =
  | { what: "changed"; entry: Entry }
  | { what: "gone"; entries: Entry[]; record?: string }
  | { what: "come"; entry: Entry; record?: string };

const hearers = new Set<(change: Change) => void>();

/** Calls `hear` for every change. Returns how to stop that. */
export function onChange(hear: (change: Change) => void): () => void {
  hearers.add(hear);
  return () => hearers.delete(hear);
}

/** Tells all who listen. */
export function tell(change: Change): void {
  for (const hear of hearers) hear(change);
}
