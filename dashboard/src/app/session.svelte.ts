// Who is signed in. The token itself is handed to the server once and never kept here: the cookie is out of reach of scripts.
import { api, onSignedOut, Problem, type Schemas } from "../api/client";

export type Who = Schemas["Account"];

type Session = {
  state: "asking" | "out" | "in" | "unreachable";
  account: Who | null;
  /** Why the last look or sign-in failed. */
  problem: Problem | null;
};

/** The session. `account` is there exactly while `state` is `in`. */
export const session: Session = $state({ state: "asking", account: null, problem: null });

onSignedOut(() => {
  if (session.state !== "in") return;
  session.state = "out";
  session.account = null;
  session.problem = new Problem(401, "session_ended", "Your session has ended", "Sign in again; you will be where you were.");
});

/** Asks the server whether there is a session. */
export async function resume(): Promise<void> {
  try {
    await enter();
  } catch (error) {
    const problem = error as Problem;
    // A token that may not even read the account has nothing to see here.
    session.state = problem.status === 401 || problem.status === 403 ? "out" : "unreachable";
    session.problem = problem.status === 401 ? null : problem;
  }
}

/** Trades a token for a session. Throws the server's refusal. */
export async function signIn(token: string): Promise<void> {
  await api.post("/v1/session", { json: { token } });
  try {
    await enter();
  } catch (problem) {
    await api.delete("/v1/session").catch(() => undefined);
    throw problem;
  }
}

async function enter(): Promise<void> {
  session.account = await api.get<Who>("/v1/account");
  session.problem = null;
  session.state = "in";
}

/** Reads the account anew: what it stores has changed. */
export async function refresh(): Promise<void> {
  if (session.state === "in") session.account = await api.get<Who>("/v1/account");
}

/** Ends the session here and at the server. */
export async function signOut(): Promise<void> {
  await api.delete("/v1/session");
  session.state = "out";
  session.account = null;
  session.problem = null;
}

/** Whether the session's token has the scope, such as `files:write`. */
export function may(scope: string): boolean {
  return session.account?.caller.scopes.includes(scope) ?? false;
}
