// What the panel reads and changes at the server: the files of one record, their versions, and the feed.
import type { components } from "../api/schema";
import type { Arrived } from "../transfer/sender";
import type { Access } from "./access";

type Schemas = components["schemas"];

/** What the token may do, and where. */
export interface Room {
  record: string;
  scopes: string[];
  expires_at: string;
}

/** A file with addresses that work without a token for some minutes. */
export interface Shown {
  file: Schemas["File"];
  link: Schemas["Link"];
  content_url: string;
  preview_url?: string | null;
}

/** A version, with such an address. */
export type Version = Schemas["Version"] & { content_url: string };
/** An entry of the feed. */
export type Item = Schemas["FeedItem"];
/** One page of a list. */
export interface Page<T> {
  items: T[];
  next_cursor?: string | null;
}

/** Files in a page. */
const PAGE = 50;

/** The routes under `/v1/panel`. */
export class PanelApi {
  constructor(private readonly access: Access) {}

  room(): Promise<Room> {
    return this.access.ask("GET", "/v1/panel");
  }

  files(cursor?: string | null): Promise<Page<Shown>> {
    return this.access.ask("GET", paged("/v1/panel/files", cursor));
  }

  file(id: string): Promise<Shown> {
    return this.access.ask("GET", `/v1/panel/files/${encodeURIComponent(id)}`);
  }

  async versions(id: string): Promise<Version[]> {
    return (await this.access.ask<Page<Version>>("GET", `/v1/panel/files/${encodeURIComponent(id)}/versions`)).items;
  }

  feed(cursor?: string | null): Promise<Page<Item>> {
    return this.access.ask("GET", paged("/v1/panel/feed", cursor));
  }

  unlink(id: string): Promise<void> {
    return this.access.ask("DELETE", `/v1/panel/files/${encodeURIComponent(id)}`);
  }

  trash(id: string): Promise<void> {
    return this.access.ask("DELETE", `/v1/panel/files/${encodeURIComponent(id)}?trash=true`);
  }

  /** What an upload became. */
  async arrived(id: string): Promise<Arrived> {
    const { file } = await this.file(id);
    return { id: file.id, name: file.title };
  }
}

function paged(path: string, cursor?: string | null): string {
  return `${path}?limit=${PAGE}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`;
}
