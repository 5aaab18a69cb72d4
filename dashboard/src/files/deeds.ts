// What can be done to files and folders. Each deed tells the lists of it, and says what came of it.
import { api, Problem, type Schemas } from "../api/client";
import { ask } from "../part/ask.svelte";
import { count } from "../part/format";
import { fail, say } from "../part/toast.svelte";
import { tell } from "./change";
import { type Entry, type File, type Folder, above, nameOf, pathOf } from "./entry";

type FileChange = Partial<Schemas["FileChange"]>;
// As many as the server takes in one batch.
const BATCH = 1000;

/** What a number of entries is called: by its name if it is one. */
export function called(entries: readonly Entry[]): string {
  const [one] = entries;
  if (entries.length === 1 && one) return `“${nameOf(one)}”`;
  if (entries.every((entry) => entry.kind === "file")) return count(entries.length, "file");
  if (entries.every((entry) => entry.kind === "folder")) return count(entries.length, "folder");
  return count(entries.length, "item");
}

/** Changes properties of a file and shows them everywhere. */
export async function changeFile(file: File, change: FileChange): Promise<File> {
  const changed = await api.patch<File>(`/v1/files/${file.id}`, { json: change });
  tell({ what: "changed", entry: { kind: "file", file: changed } });
  return changed;
}

/** Gives an entry another name. */
export async function rename(entry: Entry, name: string): Promise<void> {
  if (entry.kind === "file") {
    await changeFile(entry.file, { name });
  } else {
    const folder = await api.patch<Folder>(`/v1/folders/${entry.folder.id}`, { json: { name } });
    tell({ what: "changed", entry: { kind: "folder", folder } });
  }
}

/** Moves entries into the folder at a path. What cannot be moved stays, and is named. */
export async function move(entries: readonly Entry[], folder: string): Promise<void> {
  const going = entries.filter((entry) => above(pathOf(entry)) !== folder && pathOf(entry) !== folder);
  const moved: Entry[] = [];
  let first: unknown = null;
  for (const entry of going) {
    try {
      const now = await moveOne(entry, folder);
      moved.push(entry);
      tell({ what: "gone", entries: [entry] });
      tell({ what: "come", entry: now });
    } catch (problem) {
      first ??= problem;
    }
  }
  if (moved.length > 0) say(`Moved ${called(moved)} to ${folder === "/" ? "the top folder" : folder}`);
  if (first) fail(leftOut(going.length - moved.length, "not moved", first));
}

async function moveOne(entry: Entry, folder: string): Promise<Entry> {
  if (entry.kind === "file") {
    return { kind: "file", file: await api.patch<File>(`/v1/files/${entry.file.id}`, { json: { folder } }) };
  }
  return { kind: "folder", folder: await api.patch<Folder>(`/v1/folders/${entry.folder.id}`, { json: { parent: folder } }) };
}

function leftOut(number: number, what: string, problem: unknown): unknown {
  if (number === 1 || !(problem instanceof Problem)) return problem;
  return new Problem(problem.status, problem.code, `${count(number, "item")} ${what}`, problem.message);
}

/** Makes a folder. */
export async function makeFolder(parent: string, name: string): Promise<Folder> {
  const path = `${parent === "/" ? "" : parent}/${name}`;
  if (name.includes("/")) throw new Problem(422, "name_invalid", "The name is not allowed", "A name has no slash.");
  const folder = await api.post<Folder>("/v1/folders", { json: { path } });
  tell({ what: "come", entry: { kind: "folder", folder } });
  return folder;
}

/** Moves entries to the trash. Files can be brought back at once; a folder is asked for first. */
export async function trash(entries: readonly Entry[]): Promise<boolean> {
  const folders = entries.filter((entry) => entry.kind === "folder");
  const files = entries.filter((entry) => entry.kind === "file");
  if (folders.length > 0 && !(await sure(entries))) return false;
  try {
    const kept = await trashFiles(files.map((entry) => entry.file));
    const gone: Entry[] = files.filter((entry) => !kept.has(entry.file.id));
    for (const entry of folders) {
      await api.delete(`/v1/folders/${entry.folder.id}`);
      gone.push(entry);
    }
    tell({ what: "gone", entries: gone });
    const undo = folders.length === 0 ? { action: "Undo", run: () => void restore(files).catch(fail) } : {};
    if (gone.length > 0) say(`Moved ${called(gone)} to the trash`, undo);
    if (kept.size > 0) fail(new Problem(409, "kept", `${count(kept.size, "file")} not moved`, [...kept.values()][0] ?? ""));
    return true;
  } catch (problem) {
    fail(problem);
    return false;
  }
}

function sure(entries: readonly Entry[]): Promise<boolean> {
  return ask({
    title: `Move ${called(entries)} to the trash?`,
    text: "Everything in a folder goes to the trash with it, and the folder itself is gone. Its files can be restored from the trash.",
    action: "Move to the trash",
    danger: true,
  });
}

/** Moves files to the trash and tells which were kept, and why. */
async function trashFiles(files: File[]): Promise<Map<string, string>> {
  const kept = new Map<string, string>();
  for (let at = 0; at < files.length; at += BATCH) {
    const ids = files.slice(at, at + BATCH).map((file) => file.id);
    const { results } = await api.post<Schemas["BatchResult"]>("/v1/files/batch/delete", { json: { files: ids } });
    for (const result of results) if (!result.ok) kept.set(result.file, result.error?.detail ?? "");
  }
  return kept;
}

async function restore(entries: (Entry & { kind: "file" })[]): Promise<void> {
  for (const entry of entries) {
    const file = await api.post<File>(`/v1/files/${entry.file.id}/restore`);
    tell({ what: "come", entry: { kind: "file", file } });
  }
  say(`Restored ${called(entries)}`);
}

/** Puts a text where it can be pasted from. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Pages without TLS have no clipboard.
    return false;
  }
}

/** The address of a public file, which needs no token. */
export function publicAddress(file: File, account: number): string {
  const origin = new URL(file.content_url, location.href).origin;
  return `${origin}/hubfs/${account}${file.path.split("/").map(encodeURIComponent).join("/")}`;
}

/** Lets the browser save a file's content. */
export function download(file: File): void {
  const link = document.createElement("a");
  link.href = `/v1/files/${file.id}/content?download=true`;
  link.download = file.name;
  link.click();
}
