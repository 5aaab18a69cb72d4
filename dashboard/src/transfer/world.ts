// What the queue needs from the browser, and what the browser should know of the queue.
import type { Queue, World } from "./queue";

/** Clock, chance and network of the browser. */
export function browserWorld(): Omit<World, "sender" | "memory"> {
  return {
    now: () => Date.now(),
    later(ms, what) {
      const timer = setTimeout(what, ms);
      return () => clearTimeout(timer);
    },
    chance: () => Math.random(),
    online: () => navigator.onLine,
    unique,
  };
}

/** 128 random bits in hex. `randomUUID` is only there where the page came over TLS. */
function unique(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Asks before the page is left while something runs, and goes on when the network is back. The answer ends both. */
export function guardLeaving(queue: Queue): () => void {
  const leaving = (event: BeforeUnloadEvent) => {
    if (queue.isBusy) event.preventDefault();
  };
  const online = () => queue.release();
  addEventListener("beforeunload", leaving);
  addEventListener("online", online);
  return () => {
    removeEventListener("beforeunload", leaving);
    removeEventListener("online", online);
  };
}
