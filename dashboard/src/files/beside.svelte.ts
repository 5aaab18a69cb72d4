// The list that one came from to a file, so that one can go on to the next file without going back.
import type { File } from "./entry";
import type { Listing } from "./listing.svelte";

let list = $state.raw<Listing | null>(null);

/** Remembers the list that is shown. */
export function comeFrom(listing: Listing): void {
  list = listing;
}

/** The files before and after one in that list. */
export function beside(id: string): { before?: File; after?: File } {
  const files = (list?.entries ?? []).flatMap((entry) => (entry.kind === "file" ? [entry.file] : []));
  const at = files.findIndex((file) => file.id === id);
  return at < 0 ? {} : { before: files[at - 1], after: files[at + 1] };
}
