// Users have numbers; the server tells their names, and one of them is who looks.
import { api, type Schemas } from "../api/client";
import { session } from "../app/session.svelte";

const names: Record<number, string> = $state({});
let asked = false;

/** Reads the names, once. A screen without them shows the numbers. */
async function ask(): Promise<void> {
  try {
    const users = await api.get<Schemas["List_User"]>("/v1/users");
    for (const user of users.items) names[user.no] = user.name;
  } catch {
    asked = false;
  }
}

/** A user in words. */
export function who(user: number): string {
  if (!asked) {
    asked = true;
    void ask();
  }
  return user === session.account?.caller.user ? "you" : names[user] || `user ${user}`;
}
