// One line of a list: a folder or a file.
import type { Schemas } from "../api/client";
import type { IconName } from "../part/icons";

export type File = Schemas["File"];
export type Folder = Schemas["Folder"];
export type Entry = { kind: "folder"; folder: Folder } | { kind: "file"; file: File };

/** What tells an entry from all others. */
export function keyOf(entry: Entry): string {
  return entry.kind === "folder" ? `d${entry.folder.no}` : `f${entry.file.no}`;
}

/** What people call it. */
export function nameOf(entry: Entry): string {
  return entry.kind === "folder" ? entry.folder.name : entry.file.name;
}

/** The whole path. */
export function pathOf(entry: Entry): string {
  return entry.kind === "folder" ? entry.folder.path : entry.file.path;
}

/** The folder above a path: `/` for what stands in the root. */
export function above(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

/** The path of something called `name` in a folder. */
export function inside(folder: string, name: string): string {
  return folder === "/" ? `/${name}` : `${folder}/${name}`;
}

/** The steps that lead to a folder, the root first: `[name, path]`. */
export function trail(path: string): [string, string][] {
  const names = path.split("/").filter((name) => name !== "");
  return [["Files", "/"], ...names.map((name, i): [string, string] => [name, `/${names.slice(0, i + 1).join("/")}`])];
}

/** What stands for an entry where it has no picture. */
export function iconOf(entry: Entry): IconName {
  if (entry.kind === "folder") return "folder";
  const { kind } = entry.file.version;
  return kind === "other" ? "file" : kind;
}

/** The content's type in a word, such as `PDF` or `JPEG image`. */
export function typeOf(file: File): string {
  const { media_type: type, kind } = file.version;
  if (file.extension) return file.extension.length <= 5 ? `${file.extension.toUpperCase()}${kind === "image" ? " image" : ""}` : file.extension;
  return type;
}

/** Who may see a file's content, in words. */
export const accessWords: Record<Schemas["Access"], string> = {
  private: "Private",
  public_indexable: "Public, found by search engines",
  public_not_indexable: "Public, not found by search engines",
  sensitive: "Sensitive",
  hidden_private: "Hidden, private",
  hidden_indexable: "Hidden, public, found by search engines",
  hidden_not_indexable: "Hidden, public, not found by search engines",
  hidden_sensitive: "Hidden, sensitive",
};

/** Whether anybody may fetch the content without a token. */
export function isPublic(file: File): boolean {
  return file.access.endsWith("indexable");
}
