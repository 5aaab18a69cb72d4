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

/** A version. Its address works for some minutes; without the panel's token, but for sensitive files. */
export interface Version {
  no: number;
  size: number;
  kind: Schemas["Kind"];
  media_type: string;
  created_at: string;
  content_url: string;
}

/** A file on the record, with addresses as a version's. */
export interface Shown {
  file: { id: string; no: number; name: string; description: string; version: Version };
  link: Schemas["Link"];
  content_url: string;
  preview_url?: string | null;
}

/** An entry of the feed. */
export type Item = Schemas["FeedItem"];
/** One page of a list. */
export interface Page<T> {
  items: T[];
  next_cursor?: string | null;
}

/** Files in a page. */
const PAGE = 50;

/** Whether an address opens by itself; that of a sensitive file needs the panel's token. */
export function isSigned(address: string): boolean {
  return !new URL(address).pathname.includes("/v1/panel/");
}

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

  /** The bytes of a version, or of the active one. */
  content(id: string, version?: number): Promise<Blob> {
    const query = version === undefined ? "" : `?version=${version}`;
    return this.access.bytes(`/v1/panel/files/${encodeURIComponent(id)}/content${query}`);
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
    return { id: file.id, name: file.name };
  }
}

function paged(path: string, cursor?: string | null): string {
  return `${path}?limit=${PAGE}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`;
}
