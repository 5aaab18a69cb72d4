// The dashboard's uploads: one queue for the whole page, as the screens see it.
import { createSubscriber } from "svelte/reactivity";
import { Problem, type Schemas, api, sessionHeaders } from "../api/client";
import { fail } from "../part/toast.svelte";
import { session } from "../app/session.svelte";
import { type Goal, below } from "./goal";
import { NO_MEMORY, browserMemory } from "./memory";
import { postSender } from "./post";
import { Queue } from "./queue";
import type { Arrived } from "./sender";
import type { Summary } from "./summary";
import type { Transfer } from "./transfer";
import { type Tree, ofEntries, ofFiles } from "./tree";
import { tusSender } from "./tus";
import { browserWorld, guardLeaving } from "./world";

const door = {
  uploads: `${location.origin}/v1/uploads`,
  headers: async () => ({ ...sessionHeaders }),
  file: (id: string) => api.get<Schemas["File"]>(`/v1/files/${id}`),
};
const queue = new Queue({ ...browserWorld(), sender: postSender(tusSender(door)), memory: NO_MEMORY });
const look = createSubscriber((update) => queue.watch(update));
guardLeaving(queue);

/** All uploads of this page. What is read here is read anew when it changes. */
export const transfers = {
  /** In the order in which they were added. What is in it changes in place, so each look gets an array of its own. */
  get list(): readonly Transfer[] {
    look();
    return [...queue.list];
  },
  get summary(): Summary {
    look();
    return queue.summary;
  },
  /** Whether nothing goes on before somebody signs in. */
  get isHeld(): boolean {
    look();
    return queue.isHeld;
  },
};

/** Uploads files, or what was dropped with all folders in it. */
export async function upload(what: File[] | FileSystemEntry[], to: Goal): Promise<void> {
  const tree = isFiles(what) ? ofFiles(what) : await ofEntries(what);
  queue.add(tree.files, to);
  if (tree.unread.length > 0) {
    fail(new Problem(0, "unreadable", "Not everything could be read", `Left out: ${tree.unread.slice(0, 5).join(", ")}`));
  }
  await makeEmpty(tree, to);
}

/** Makes the folders that hold nothing: no file would make them on its way. */
async function makeEmpty(tree: Tree, to: Goal): Promise<void> {
  for (const path of tree.empty) {
    const folder = below(to, path).folder;
    if (!folder) continue;
    try {
      await api.post("/v1/folders", { json: { path: folder, or_existing: true } });
    } catch (problem) {
      return fail(problem);
    }
  }
}

function isFiles(what: File[] | FileSystemEntry[]): what is File[] {
  return what[0] instanceof File;
}

let guest = "";
/** Shows what an earlier page of this account left unfinished, and lets go on what waited for a sign-in. */
export async function welcome(): Promise<void> {
  const { account } = session;
  if (!account) return;
  const who = `${account.no}.${account.caller.user}`;
  // What one person began must not arrive at another one.
  if (guest !== who) queue.leave();
  else queue.release();
  guest = who;
  await queue.recall(browserMemory(who));
}

/** Calls `told` for every file that has arrived, with where it was sent. The answer ends that. */
export function onArrived(told: (file: Arrived, goal: Goal) => void): () => void {
  return queue.onArrived(told);
}

/** See the methods of the queue. */
export const pause = (id: string): void => queue.pause(id);
export const resume = (id: string): void => queue.resume(id);
export const cancel = (id: string): void => queue.cancel(id);
export const retry = (id: string): void => queue.retry(id);
export const choose = (id: string, file: File) => queue.choose(id, file);
/** Gives files to those interrupted uploads that they belong to; answers how many. */
export const chooseAgain = (files: File[]): number => queue.chooseAgain(files);
export const pauseAll = (): void => queue.pauseAll();
export const resumeAll = (): void => queue.resumeAll();
export const retryAll = (): void => queue.retryAll();
export const cancelAll = (): void => queue.cancelAll();
export const clear = (): void => queue.clear();
