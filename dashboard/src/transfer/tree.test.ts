import { expect, it } from "vitest";
import { ofEntries, ofFiles } from "./tree";

type Shape = { [name: string]: Shape | string };

/** A folder as a browser gives it, two children at a time. A text is a file; `!` cannot be read. */
function entry(name: string, shape: Shape | string): FileSystemEntry {
  if (typeof shape === "string") {
    const give = (ok: (file: File) => void, no: (error: Error) => void) => (shape === "!" ? no(new Error()) : ok(new File([shape], name)));
    return { name, isFile: true, isDirectory: false, file: give } as unknown as FileSystemEntry;
  }
  const createReader = () => {
    const rest = Object.entries(shape).map(([child, what]) => entry(child, what));
    return { readEntries: (ok: (some: FileSystemEntry[]) => void) => ok(rest.splice(0, 2)) };
  };
  return { name, isFile: false, isDirectory: true, createReader } as unknown as FileSystemEntry;
}

it("a dropped folder is read whole, with its empty folders, and what cannot be read is named", async () => {
  const album = { "a.jpg": "a", "b.jpg": "b", "c.jpg": "c", none: {}, deep: { "d.jpg": "d", lost: "!", ".DS_Store": "x" } };
  const tree = await ofEntries([entry("album", album), entry("note.txt", "n")]);
  expect(tree.files.map(({ file, folder }) => `${folder}/${file.name}`)).toEqual([
    "album/a.jpg", "album/b.jpg", "album/c.jpg", "album/deep/d.jpg", "/note.txt",
  ]);
  expect([tree.empty, tree.unread]).toEqual([["album/none"], ["album/deep/lost"]]);
});

it("a chosen folder keeps its tree, and loses what systems leave in folders", () => {
  const at = (path: string) => {
    const file = new File([], path.split("/").at(-1)!);
    Object.defineProperty(file, "webkitRelativePath", { value: path.includes("/") ? path : "" });
    return file;
  };
  const tree = ofFiles([at("a.txt"), at(".DS_Store"), at("x/y/b.txt"), at("x/Thumbs.db")]);
  expect(tree.files.map(({ file, folder }) => `${folder}/${file.name}`)).toEqual(["/a.txt", "/.DS_Store", "x/y/b.txt"]);
});
