// Which dialog about entries is open, and the menu that leads to them.
import { folderAddress, go, recordAddress } from "../app/router.svelte";
import { may } from "../app/session.svelte";
import { api } from "../api/client";
import type { MenuItem } from "../part/menu.svelte";
import { fail, say } from "../part/toast.svelte";
import { tell } from "./change";
import { download, trash } from "./deeds";
import type { Entry, File } from "./entry";

type Asked =
  | { what: "rename"; entry: Entry }
  | { what: "move"; entries: readonly Entry[] }
  | { what: "link"; file: File }
  | { what: "access"; files: File[] }
  | { what: "record"; files: File[] }
  | { what: "folder"; parent: string };

/** The dialog that is open. */
export const offer: { asked: Asked | null } = $state({ asked: null });

/** Opens a dialog. */
export function offerTo(asked: Asked): void {
  offer.asked = asked;
}

/** What may be done with what is chosen. On a record's page one of the lines takes files off it. */
export function menuFor(entries: readonly Entry[], { record }: { record?: string } = {}): MenuItem[] {
  const [one] = entries;
  if (!one) return [];
  const single = entries.length === 1;
  const files = entries.flatMap((entry) => (entry.kind === "file" ? [entry.file] : []));
  const onlyFiles = files.length === entries.length;
  const file = single ? files[0] : undefined;
  const write = may("files:write");
  const items: (MenuItem | false)[] = [
    single && { label: "Open", icon: one.kind === "folder" ? "folder" : "eye", keys: "Enter", run: () => open(one) },
    onlyFiles && { label: "Download", icon: "download", run: () => files.forEach(download) },
    file !== undefined && { label: "Copy link…", icon: "link", run: () => offerTo({ what: "link", file }) },
    write && single && { label: "Rename…", icon: "rename", keys: "F2", parted: true, run: () => offerTo({ what: "rename", entry: one }) },
    write && { label: "Move…", icon: "move", run: () => offerTo({ what: "move", entries }) },
    write && onlyFiles && { label: "Access…", icon: "lock", run: () => offerTo({ what: "access", files }) },
    write && onlyFiles && { label: "Put on a record…", icon: "records", run: () => offerTo({ what: "record", files }) },
    write && record !== undefined && onlyFiles && { label: "Take off this record", icon: "unlink", parted: true, run: () => void takeOff(files, record) },
    may("files:delete") && { label: "Move to the trash", icon: "trash", keys: "Del", danger: true, parted: true, run: () => void trash(entries) },
  ];
  return items.filter((item) => item !== false);
}

/** Shows an entry: a folder's content, or a file's page. */
export function open(entry: Entry): void {
  go(addressOf(entry));
}

/** Where an entry is shown. */
export function addressOf(entry: Entry): string {
  return entry.kind === "file" ? `/file/${entry.file.id}` : folderAddress(entry.folder.path);
}

/** The API's address of a record's files. */
export function filesOf(record: string): string {
  return `${recordAddress(record).replace("/record/", "/v1/records/")}/files`;
}

/** Takes files off a record. */
export async function takeOff(files: File[], record: string): Promise<void> {
  try {
    for (const file of files) await api.delete(`${filesOf(record)}/${file.id}`);
    tell({ what: "gone", entries: files.map((file): Entry => ({ kind: "file", file })), record });
    say(`Taken off ${record}`, { action: "Undo", run: () => void putOn(files, record).catch(fail) });
  } catch (problem) {
    fail(problem);
  }
}

/** Puts files on a record. */
export async function putOn(files: File[], record: string): Promise<void> {
  for (const file of files) {
    await api.put(`${filesOf(record)}/${file.id}`, { json: {} });
    tell({ what: "come", entry: { kind: "file", file }, record });
  }
}
