// The custom element `<attache-files>`: reads its attributes, and shows the panel in a shadow of its own, so that no style gets
// in or out. It runs under any policy that lets the server's origin in: no inline styles, no eval.
import { mount, unmount } from "svelte";
import { ofDrop } from "../transfer/tree";
import type { Board, Host } from "./board.svelte";
import { boardFor, leave } from "./boards";
import { frame } from "./frame";
import Panel from "./Panel.svelte";
import css from "./panel.css?inline";
import { tongue } from "./words";

/** Where this script came from: the server, where the page does not name it. A module does not know its own element. */
const loaded = document.currentScript ?? document.querySelector('script[src$="/panel.js"]');
const script = loaded instanceof HTMLScriptElement && loaded.src ? new URL(loaded.src).origin : "";

const sheet = new CSSStyleSheet();
sheet.replaceSync(css);

/** See the module's head. */
export class AttacheFiles extends HTMLElement {
  static readonly observedAttributes = ["record", "server", "token", "lang"];
  #board: Board | null = null;
  #panel: ReturnType<typeof mount> | null = null;
  #props: { board: Board; record: string; tongue: ReturnType<typeof tongue>; dropping: boolean } | null = null;
  #depth = 0;
  #ends: (() => void) | null = null;

  connectedCallback(): void {
    if (!this.shadowRoot) this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
    if (!this.#ends && (this.hasAttribute("frame") || isFrame())) frame(this);
    this.#ends ??= this.#listen();
    if (!this.#panel) this.#show();
  }

  /** A page that moves the element takes it out for a moment; one that removes it lets what is being sent arrive. */
  disconnectedCallback(): void {
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#ends?.();
      this.#ends = null;
      this.#hide();
    });
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (before === now || !this.#panel) return;
    if (name === "token") this.#board?.access.give(now ?? "");
    else if (name === "lang" && this.#props) this.#props.tongue = tongue(this.#lang);
    else this.#show();
  }

  get #server(): string {
    const named = this.getAttribute("server") || script || location.origin;
    return new URL(named, location.href).href.replace(/\/+$/, "");
  }

  get #lang(): string {
    return this.closest<HTMLElement>("[lang]")?.lang || navigator.language || "en";
  }

  #show(): void {
    this.#hide();
    const record = this.getAttribute("record") ?? "";
    const board = boardFor(this.#server, record, this.#host(record));
    board.access.give(this.getAttribute("token") ?? "");
    const props = $state({ board, record, tongue: tongue(this.#lang), dropping: false });
    this.#board = board;
    this.#props = props;
    if (this.shadowRoot) this.#panel = mount(Panel, { target: this.shadowRoot, props });
  }

  #hide(): void {
    if (this.#panel) void unmount(this.#panel);
    if (this.#board && this.#props) leave(this.#board, this.#props.record);
    this.#panel = this.#board = this.#props = null;
  }

  /** What the page hears: events of the element. */
  #host(record: string): Host {
    const tell = (name: string, detail: object) =>
      this.dispatchEvent(new CustomEvent(name, { detail: { record, ...detail }, bubbles: true, composed: true }));
    return {
      url: () => this.getAttribute("token-url") ?? "",
      needed: () => void tell("attache-token-needed", {}),
      uploaded: (file) => void tell("attache-uploaded", file),
      failed: (message, code) => void tell("attache-error", { message, code }),
    };
  }

  /** Drops anywhere on the element, and pastes into it or over it. */
  #listen(): () => void {
    const stop = new AbortController();
    const { signal } = stop;
    this.addEventListener("dragenter", (event) => this.#hover(event, 1), { signal });
    this.addEventListener("dragleave", (event) => this.#hover(event, -1), { signal });
    this.addEventListener("dragover", (event) => holdsFiles(event) && event.preventDefault(), { signal });
    this.addEventListener("drop", (event) => this.#dropped(event), { signal });
    document.addEventListener("paste", (event) => this.#pasted(event), { signal });
    return () => stop.abort();
  }

  #hover(event: DragEvent, by: number): void {
    if (!holdsFiles(event) || !this.#props) return;
    event.preventDefault();
    this.#depth = Math.max(0, this.#depth + by);
    this.#props.dropping = this.#depth > 0;
  }

  #dropped(event: DragEvent): void {
    if (!holdsFiles(event) || !this.#props || !event.dataTransfer) return;
    event.preventDefault();
    this.#depth = 0;
    this.#props.dropping = false;
    this.#upload(ofDrop(event.dataTransfer));
  }

  #pasted(event: ClipboardEvent): void {
    const files = Array.from(event.clipboardData?.files ?? []);
    const isOurs = event.composedPath().includes(this) || (document.activeElement === document.body && this.matches(":hover"));
    if (files.length === 0 || !isOurs) return;
    event.preventDefault();
    this.#upload(files.map(named));
  }

  #upload(what: File[] | FileSystemEntry[]): void {
    if (what.length > 0 && this.#board?.may("files:write")) void this.#board.upload(what);
  }
}

/** Whether this is the server's own page for iframes. */
function isFrame(): boolean {
  return script === location.origin && location.pathname === "/panel";
}

function holdsFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

/** Browsers call every pasted picture `image.png`; the moment tells them apart. */
function named(file: File): File {
  if (file.name !== "image.png") return file;
  const moment = new Date().toISOString().slice(0, 19).replace("T", " ").replaceAll(":", "-");
  return new File([file], `pasted ${moment}.png`, { type: file.type, lastModified: file.lastModified });
}
