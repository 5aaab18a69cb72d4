// Makes an element a place where files and folders can be dropped, and shows it while something hovers above.
import "./drop.css";
import { ofDrop } from "./tree";

/** What a drop zone is told. */
export interface DropOptions {
  /** What would happen, such as `Upload to /contracts`. */
  label: string;
  /** Called with what was dropped, in the very event. */
  dropped(what: File[] | FileSystemEntry[]): void;
  /** Whether nothing may be dropped now. */
  disabled?: boolean;
}

/** The action: `use:drop={{ label, dropped }}`. What is dragged within the page is left to others. */
export function drop(node: HTMLElement, options: DropOptions) {
  // Each element below that is entered or left says so too.
  let depth = 0;
  let veil: HTMLElement | null = null;

  const lift = () => {
    depth = 0;
    veil?.remove();
    veil = null;
  };
  const enter = (event: DragEvent) => {
    if (!isFiles(event) || options.disabled) return;
    event.preventDefault();
    depth += 1;
    veil ??= lay(node, options.label);
  };
  const over = (event: DragEvent) => {
    if (!isFiles(event) || options.disabled) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
  };
  const leave = (event: DragEvent) => {
    if (isFiles(event) && --depth <= 0) lift();
  };
  const drops = (event: DragEvent) => {
    if (!isFiles(event) || options.disabled || !event.dataTransfer) return;
    event.preventDefault();
    event.stopPropagation();
    lift();
    const what = ofDrop(event.dataTransfer);
    if (what.length > 0) options.dropped(what);
  };

  const heard: [string, (event: DragEvent) => void][] = [["dragenter", enter], ["dragover", over], ["dragleave", leave], ["drop", drops]];
  for (const [name, hear] of heard) node.addEventListener(name, hear as EventListener);
  return {
    update: (newer: DropOptions) => void (options = newer),
    destroy() {
      lift();
      for (const [name, hear] of heard) node.removeEventListener(name, hear as EventListener);
    },
  };
}

/** Keeps the browser from leaving the page for a file that is dropped beside every drop zone. The answer ends that. */
export function guardDrops(): () => void {
  const refuse = (event: DragEvent) => {
    if (!isFiles(event) || event.defaultPrevented) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = "none";
  };
  addEventListener("dragover", refuse);
  addEventListener("drop", refuse);
  return () => {
    removeEventListener("dragover", refuse);
    removeEventListener("drop", refuse);
  };
}

function isFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

/** Lays a veil over what can be seen of an element, so that it also covers one that scrolls. */
function lay(node: HTMLElement, label: string): HTMLElement {
  const { left, top, right, bottom } = node.getBoundingClientRect();
  const veil = document.createElement("div");
  veil.className = "drop-veil";
  veil.style.left = `${Math.max(0, left)}px`;
  veil.style.top = `${Math.max(0, top)}px`;
  veil.style.width = `${Math.min(innerWidth, right) - Math.max(0, left)}px`;
  veil.style.height = `${Math.min(innerHeight, bottom) - Math.max(0, top)}px`;
  veil.append(Object.assign(document.createElement("span"), { textContent: label }));
  node.append(veil);
  return veil;
}
