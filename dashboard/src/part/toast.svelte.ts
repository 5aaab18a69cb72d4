// Short words about what just happened. They are shown at the bottom, and read out to those who listen.
import { Problem } from "../api/client";

export type Toast = {
  id: number;
  text: string;
  kind: "said" | "failed";
  /** A way to answer, such as "Undo". */
  action?: string;
  run?: () => void;
};

/** What is shown now, the oldest first. */
export const toasts: Toast[] = $state([]);
let last = 0;

/** Shows a sentence for some seconds, with a way to answer it where `action` and `run` are given. */
export function say(text: string, { action, run }: { action?: string; run?: () => void } = {}): void {
  add({ id: ++last, text, kind: "said", action, run }, action ? 9000 : 5000);
}

/** Shows why something failed. What was called off on purpose is not a failure. */
export function fail(problem: unknown): void {
  if (problem instanceof DOMException && problem.name === "AbortError") return;
  // The sign-in page says this better.
  if (problem instanceof Problem && problem.status === 401) return;
  const text = problem instanceof Problem ? [problem.title, problem.detail].filter(Boolean).join(". ") : String((problem as Error)?.message ?? problem);
  add({ id: ++last, text, kind: "failed" }, 10_000);
}

/** Takes one away. */
export function dismiss(id: number): void {
  const at = toasts.findIndex((toast) => toast.id === id);
  if (at >= 0) toasts.splice(at, 1);
}

function add(toast: Toast, life: number): void {
  toasts.push(toast);
  if (toasts.length > 4) toasts.shift();
  setTimeout(() => dismiss(toast.id), life);
}
