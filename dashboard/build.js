// Builds everything that is embedded, into dist/, and writes a .gz beside each file: the server gives those out.
import { createReadStream, createWriteStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { build } from "vite";

/** The panel is loaded by pages that are not ours: bytes of its script, compressed, at most. */
const PANEL_MOST = 60_000;

await build();
await build({ configFile: "vite.panel.config.ts" });

for (const entry of await readdir("dist", { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || entry.name.endsWith(".gz")) continue;
  const path = join(entry.parentPath, entry.name);
  await pipeline(createReadStream(path), createGzip({ level: 9 }), createWriteStream(`${path}.gz`));
}

const { size: panel } = await stat("dist/panel.js.gz");
console.log(`panel.js is ${panel} bytes compressed, of ${PANEL_MOST} that it may be.`);
if (panel > PANEL_MOST) throw new Error("The panel has become too large for pages that are not ours.");
