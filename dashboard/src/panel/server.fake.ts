// A server for tests of the panel: it answers what a table says, and keeps what it was asked.
import { vi } from "vitest";

/** The answer to a request, by its method and path without the query. */
export type Answers = Record<string, unknown | ((query: URLSearchParams) => unknown)>;

/** What was asked, with the token that came along. */
export interface Asked {
  what: string;
  token: string | null;
}

/** An answer that is a refusal. */
export class Refused {
  constructor(readonly status: number, readonly code: string, readonly detail = "") {}
}

/** Puts a server in the place of the network. `tokens` are those that it lets in. */
export function serve(answers: Answers, tokens = new Set(["good"])): Asked[] {
  const asked: Asked[] = [];
  vi.stubGlobal("fetch", async (input: string, init: RequestInit = {}) => {
    const url = new URL(input, "https://files.example.com");
    const token = new Headers(init.headers).get("authorization")?.replace("Bearer ", "") ?? null;
    const what = `${init.method ?? "GET"} ${url.pathname}`;
    asked.push({ what: what + url.search, token });
    if (url.pathname.startsWith("/v1/") && !tokens.has(token ?? "")) return reply(new Refused(401, "unauthenticated"));
    const answer = answers[what];
    if (answer === undefined) return reply(new Refused(404, "not_found"));
    return reply(typeof answer === "function" ? (answer as (query: URLSearchParams) => unknown)(url.searchParams) : answer);
  });
  return asked;
}

function reply(value: unknown): Response {
  if (value instanceof Response) return value;
  if (value instanceof Refused) {
    const { status, code, detail } = value;
    return new Response(JSON.stringify({ code, detail }), { status });
  }
  return value === null ? new Response(null, { status: 204 }) : new Response(JSON.stringify(value));
}

/** A file on the record. */
export function shown(id: string, name: string, version = 1): object {
  const active = { no: version, size: 2500, kind: "document", media_type: "application/pdf", created_at: "2026-01-02T03:04:05Z", content_url: `https://files.example.com/signed/${id}` };
  return {
    file: { id, no: 1, name, description: "", version: active },
    link: { record: "contact/42", created_at: "2026-01-02T03:04:05Z" },
    content_url: `https://files.example.com/signed/${id}`,
    preview_url: null,
  };
}
