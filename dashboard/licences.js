// Collects the licences of the packages that a build has in it.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Names of the packages whose modules are in the chunks of some outputs of Vite. */
export function packagesOf(outputs) {
  const modules = outputs.flatMap(({ output }) => output.flatMap((part) => (part.type === "chunk" ? Object.keys(part.modules) : [])));
  const names = modules.map((id) => id.split("/node_modules/").at(-1)?.match(/^(@[^/]+\/)?[^/]+/)?.[0]);
  return [...new Set(names.filter((name, i) => name && modules[i]?.includes("/node_modules/")))].sort();
}

/** One text with each package's name, version and licence in full. */
export async function licencesOf(packages) {
  return (await Promise.all(packages.map(licence))).join(`\n\n${"-".repeat(72)}\n\n`);
}

async function licence(name) {
  const folder = join("node_modules", name);
  const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).find((entry) => /^licen[sc]e/i.test(entry));
  if (!license) throw new Error(`${name} does not say which licence it has.`);
  const text = file ? (await readFile(join(folder, file), "utf8")).trim() : "The package carries no text of its licence.";
  return `${name} ${version} (${license})\n\n${text}`;
}
