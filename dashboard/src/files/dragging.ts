// What is dragged within the page, from a list onto a folder.
import { move } from "./deeds";
import { type Entry, pathOf } from "./entry";

let dragged: readonly Entry[] = [];

/** Begins to drag. */
export function lift(event: DragEvent, entries: readonly Entry[]): void {
  dragged = entries;
  event.dataTransfer?.setData("text/plain", entries.map(pathOf).join("\n"));
  if (event.dataTransfer) event.dataTransfer.effectAllowed = "move";
}

/** Ends it, wherever it was let fall. */
export function settle(): void {
  dragged = [];
}

/** Whether what is dragged may fall into this folder: not into itself, nor where it is. */
export function fits(folder: string): boolean {
  return dragged.length > 0 && dragged.every((entry) => entry.kind === "file" || !`${folder}/`.startsWith(`${entry.folder.path}/`));
}

/** Lets it fall into a folder. */
export function fall(folder: string): void {
  const entries = dragged;
  dragged = [];
  if (entries.length > 0) void move(entries, folder);
}
