// Builds everything that is embedded, into dist/, and writes a .gz beside each file: the server gives those out.
import { createReadStream, createWriteStream } from "node:fs";
import { readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { build } from "vite";
import { licencesOf, packagesOf } from "./licences.js";

/** What a browser loads before the first screen is there: bytes of scripts and styles, compressed, at most. */
const FIRST_LOAD_MOST = 120_000;
/** The panel is loaded by pages that are not ours: bytes of its script, compressed, at most. */
const PANEL_MOST = 60_000;

// How long the parts of a build take on a slow machine is of no interest to who wants to start the server.
const quiet = { build: { rolldownOptions: { checks: { pluginTimings: false } } } };
const app = await build(quiet);
const panel = await build({ ...quiet, configFile: "vite.panel.config.ts" });
await writeFile("dist/app/assets/licences.txt", await licencesOf(packagesOf([app, panel].flat())));

for (const entry of await readdir("dist", { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || entry.name.endsWith(".gz")) continue;
  const path = join(entry.parentPath, entry.name);
  await pipeline(createReadStream(path), createGzip({ level: 9 }), createWriteStream(`${path}.gz`));
}

await hold("The first load", firstLoad(app.output), FIRST_LOAD_MOST);
await hold("panel.js", ["dist/panel.js"], PANEL_MOST);

/** Files that the entry and the screen of files need, with all that they import. */
function firstLoad(output) {
  const chunks = new Map(output.filter((part) => part.type === "chunk").map((chunk) => [chunk.fileName, chunk]));
  const needed = new Set();
  const need = (name) => {
    const chunk = chunks.get(name);
    if (!chunk || needed.has(name)) return;
    needed.add(name);
    for (const style of chunk.viteMetadata?.importedCss ?? []) needed.add(style);
    chunk.imports.forEach(need);
  };
  for (const chunk of chunks.values()) {
    if (chunk.isEntry || chunk.facadeModuleId?.endsWith("/files/Files.svelte")) need(chunk.fileName);
  }
  return ["index.html", ...needed].map((name) => `dist/app/${name}`);
}

/** Prints how large files are together, compressed, and ends the build where that is too much. */
async function hold(what, files, most) {
  const sizes = await Promise.all(files.map(async (file) => (await stat(`${file}.gz`)).size));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  console.log(`${what} is ${bytes} bytes compressed, of ${most} that it may be.`);
  if (bytes > most) throw new Error(`${what} has become too large.`);
}
