// What a drop or a chosen folder holds, with the path of each file inside of it.

/** A file with the path of its folder, relative to what was dropped: `""` or `photos/2026`. */
export interface Found {
  file: File;
  folder: string;
}

/** Everything in a drop. */
export interface Tree {
  files: Found[];
  /** Relative paths of folders that hold nothing. */
  empty: string[];
  /** Names that could not be read. */
  unread: string[];
}

/** What systems leave in folders, and nobody means to upload with them. */
const LITTER = new Set([".DS_Store", "Thumbs.db", "desktop.ini"]);

/** Files as an `<input>` gives them. One that chose a folder names the path of each file in `webkitRelativePath`. */
export function ofFiles(files: Iterable<File>): Tree {
  const found: Found[] = [];
  for (const file of files) {
    const folder = (file.webkitRelativePath ?? "").split("/").slice(0, -1).join("/");
    if (folder === "" || !LITTER.has(file.name)) found.push({ file, folder });
  }
  return { files: found, empty: [], unread: [] };
}

/** Entries as a drop gives them, with everything below. */
export async function ofEntries(entries: Iterable<FileSystemEntry>): Promise<Tree> {
  const tree: Tree = { files: [], empty: [], unread: [] };
  for (const entry of entries) await walk(entry, "", tree);
  return tree;
}

/**
 * What a drop brings. It must be asked in the very event: later the browser has forgotten it. An entry is preferred, because a
 * file that is a folder cannot be read.
 */
export function ofDrop(data: DataTransfer): File[] | FileSystemEntry[] {
  const entries: FileSystemEntry[] = [];
  for (const item of Array.from(data.items ?? [])) {
    const entry = item.kind === "file" ? item.webkitGetAsEntry?.() : null;
    if (entry) entries.push(entry);
  }
  return entries.length > 0 ? entries : Array.from(data.files);
}

async function walk(entry: FileSystemEntry, folder: string, tree: Tree): Promise<void> {
  if (entry.isFile) return take(entry as FileSystemFileEntry, folder, tree);
  const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
  const before = tree.files.length + tree.empty.length;
  try {
    for (const child of await children(entry as FileSystemDirectoryEntry)) await walk(child, path, tree);
  } catch {
    tree.unread.push(path);
    return;
  }
  if (tree.files.length + tree.empty.length === before) tree.empty.push(path);
}

async function take(entry: FileSystemFileEntry, folder: string, tree: Tree): Promise<void> {
  if (folder !== "" && LITTER.has(entry.name)) return;
  try {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    tree.files.push({ file, folder });
  } catch {
    tree.unread.push(folder === "" ? entry.name : `${folder}/${entry.name}`);
  }
}

/** Browsers give a hundred at a time, and none at the end. */
async function children(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}
