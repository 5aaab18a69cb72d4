// What this browser remembers of unfinished uploads, so that a page that was closed or reloaded can go on with them.
import type { Goal } from "./goal";

/** An upload that has begun on the server. */
export interface Memo {
  id: string;
  /** Its address on the server. */
  url: string;
  name: string;
  size: number;
  /** When the file last changed, as the browser tells it. */
  modified: number;
  goal: Goal;
  /** Bytes that the server had when we last heard. */
  sent: number;
  /** When the server forgets it, in milliseconds since 1970. */
  expires: number;
}

/** Where memos are kept. */
export interface Memory {
  /** Those that no open page is working on. */
  recall(now: number): Promise<Memo[]>;
  keep(memo: Memo): void;
  forget(id: string): void;
}

/** A memory that forgets with the page. */
export const NO_MEMORY: Memory = { recall: () => Promise.resolve([]), keep: () => {}, forget: () => {} };

const PREFIX = "attache-upload:";

/** Keeps memos in localStorage under `scope`, which names whose they are: another account must not go on with them. */
export function browserMemory(scope: string): Memory {
  const prefix = `${PREFIX}${scope}:`;
  const held = new Map<string, () => void>();
  return {
    async recall(now) {
      const busy = await inOtherPages();
      return stored(prefix).filter(({ id, expires }) => {
        if (expires <= now) attempt(() => localStorage.removeItem(prefix + id));
        return expires > now && !busy.has(prefix + id) && !held.has(id);
      });
    },
    keep(memo) {
      attempt(() => localStorage.setItem(prefix + memo.id, JSON.stringify(memo)));
      if (!held.has(memo.id)) held.set(memo.id, hold(prefix + memo.id));
    },
    forget(id) {
      attempt(() => localStorage.removeItem(prefix + id));
      held.get(id)?.();
      held.delete(id);
    },
  };
}

function stored(prefix: string): Memo[] {
  const memos: Memo[] = [];
  attempt(() => {
    for (let at = 0; at < localStorage.length; at++) {
      const key = localStorage.key(at);
      if (!key?.startsWith(prefix)) continue;
      const memo = read(localStorage.getItem(key));
      if (memo) memos.push(memo);
    }
  });
  return memos;
}

/** A memo, if the text is one: other scripts and older releases may have written there. */
function read(text: string | null): Memo | null {
  try {
    const memo = JSON.parse(text ?? "") as Partial<Memo> | null;
    const whole = typeof memo?.id === "string" && typeof memo.url === "string" && typeof memo.name === "string";
    const numbers = [memo?.size, memo?.modified, memo?.sent, memo?.expires].every((n) => typeof n === "number");
    return whole && numbers && typeof memo.goal === "object" ? (memo as Memo) : null;
  } catch {
    return null;
  }
}

/** Holds a lock as long as this page works on an upload, so that another tab does not offer it as interrupted. */
function hold(name: string): () => void {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  navigator.locks?.request(name, () => held).catch(() => {});
  return release;
}

async function inOtherPages(): Promise<Set<string>> {
  const locks = await navigator.locks?.query().catch(() => null);
  return new Set(locks?.held?.map(({ name }) => name ?? "") ?? []);
}

/** Storage may be full or forbidden; then nothing is remembered, and the upload goes on all the same. */
function attempt(what: () => void): void {
  try {
    what();
  } catch {
    // Nothing to be done.
  }
}
