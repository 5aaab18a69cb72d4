// What went wrong with an upload, as something to act on and a sentence to show.
import { size } from "../part/format";

/**
 * - `broken`: may be better soon; try again by itself.
 * - `signed_out`: nothing goes on before somebody signs in, or before there is a new token.
 * - `gone`: the server no longer knows the upload; it begins once more.
 * - `smaller`: something on the way refuses pieces of this size.
 * - `unreadable`: the file on the disk changed or went away.
 * - `refused`: the same bytes would be refused again.
 */
export type FaultKind = "broken" | "signed_out" | "gone" | "smaller" | "unreadable" | "refused";

/** A fault. */
export interface Fault {
  kind: FaultKind;
  /** The server's stable word, such as `quota`; empty where it said none. */
  code: string;
  /** A sentence for people. */
  words: string;
  /** How often it is worth trying again by itself. */
  tries: number;
  /** Milliseconds that the server asks to wait. */
  wait: number;
}

/** What came back, as far as anything did. */
export interface Answer {
  /** HTTP status; 0 for no answer. */
  status: number;
  body?: string;
  /** The header Retry-After, in seconds. */
  retryAfter?: string | null;
}

/** Tries after errors that are the server's own: a few, because it may not get better. */
const SOME_TRIES = 6;
/** The longest that we believe a Retry-After, in milliseconds. */
const WAIT_MAX = 120_000;
/** What a newer request, a cut or a repetition in flight leave behind: asking again puts it right. */
const PASSING = new Set(["cut", "offset", "superseded", "in_flight", "busy", "unavailable", "checksum", "length", "too_many", ""]);

/** The fault that an answer tells of. */
export function faultOf(answer: Answer): Fault {
  const { code, detail: said } = told(answer.body ?? "");
  const detail = sentence(said);
  const wait = Math.min(WAIT_MAX, Math.max(0, Number(answer.retryAfter ?? 0) * 1000 || 0));
  const fault = (kind: FaultKind, words: string, tries = 0): Fault => ({ kind, code, words, tries, wait });
  const { status } = answer;
  if (status === 0) return fault("broken", "The server cannot be reached.", Infinity);
  if (status === 401) return fault("signed_out", "You are signed out.", Infinity);
  if (status === 404 || status === 410) return fault("gone", detail || "The server no longer knows this upload.", 1);
  if (status === 413) return code ? fault("refused", limits(code, detail)) : fault("smaller", "A piece was too large for a server on the way.", SOME_TRIES);
  if ([502, 503, 504, 429, 408, 425].includes(status)) return fault("broken", detail || "The server is busy.", Infinity);
  if ((status === 409 || status === 460) && PASSING.has(code)) return fault("broken", detail || "The connection broke.", Infinity);
  if (status === 507) return fault("refused", detail || "The server's storage is full.");
  if (status >= 500) return fault("broken", detail || "Something went wrong on the server.", SOME_TRIES);
  return fault("refused", detail || `The server refused it (status ${status}).`);
}

/** The fault of a file that cannot be read any more. */
export function unreadable(): Fault {
  const words = "The file was changed, moved or removed meanwhile. Choose it again.";
  return { kind: "unreadable", code: "", words, tries: 0, wait: 0 };
}

/** Word and sentence of an answer: a problem in JSON, or a line `word: sentence`. */
function told(body: string): { code: string; detail: string } {
  const line = /^([a-z_]+): (.+)$/m.exec(body);
  if (line) return { code: line[1] ?? "", detail: line[2] ?? "" };
  try {
    const problem: unknown = JSON.parse(body);
    if (typeof problem !== "object" || problem === null) return { code: "", detail: "" };
    const { code, detail, errors } = problem as { code?: unknown; detail?: unknown; errors?: { detail?: unknown }[] };
    const why = errors?.[0]?.detail ?? detail;
    return { code: typeof code === "string" ? code : "", detail: typeof why === "string" ? why : "" };
  } catch {
    return { code: "", detail: "" };
  }
}

/** Words as a sentence: `it must not be empty` begins small where the server names the place before it. */
function sentence(words: string): string {
  if (words === "") return "";
  return words.charAt(0).toUpperCase() + words.slice(1) + (/[.!?]$/.test(words) ? "" : ".");
}

/** Limits in words that people count in. */
function limits(code: string, detail: string): string {
  const bytes = /(\d+)( bytes)?\.?$/.exec(detail);
  if (code === "file_too_large" && bytes) return `The file is too large: ${size(Number(bytes[1]))} is the most.`;
  if (code === "quota" && bytes?.[2]) return `There is no room for it: the account may store ${size(Number(bytes[1]))}.`;
  if (code === "quota") return `There is no room for it. ${detail}`;
  return detail;
}
