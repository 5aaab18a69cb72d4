// What a file on its way can be at, and how it gets from one to the other. Everything else asks here first.

/**
 * - `waiting`: its turn will come.
 * - `running`: bytes are on their way.
 * - `paused`: somebody stopped it; it goes on when they say so.
 * - `resting`: something broke that may be better soon; it goes on by itself.
 * - `interrupted`: the page that sent it is gone, or its file changed on disk; it needs the file once more.
 * - `failed`: the server refused it; only a person can change that.
 * - `done`: it is a file on the server.
 */
export type State = "waiting" | "running" | "paused" | "resting" | "interrupted" | "failed" | "done";

/** What can happen to it. */
export type Move = "start" | "pause" | "resume" | "rest" | "lose" | "choose" | "fail" | "retry" | "arrive";

const MOVES: Record<State, Partial<Record<Move, State>>> = {
  waiting: { start: "running", pause: "paused" },
  running: { pause: "paused", rest: "resting", lose: "interrupted", fail: "failed", arrive: "done", retry: "waiting" },
  paused: { resume: "waiting" },
  resting: { pause: "paused", retry: "waiting" },
  interrupted: { choose: "waiting" },
  failed: { retry: "waiting" },
  done: {},
};

/** Where a move leads, or `null` where it makes no sense: late news of something that was stopped, for instance. */
export function after(state: State, move: Move): State | null {
  return MOVES[state][move] ?? null;
}

/** Whether the page has work to do for it, so that nobody should close the page unasked. */
export function isBusy(state: State): boolean {
  return state === "waiting" || state === "running" || state === "resting";
}
