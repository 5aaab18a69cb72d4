import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { accessible } from "../look.mjs";
import { noise, TEXT } from "../media.mjs";
import { docked, drop, line, onDisk } from "../steps.mjs";

export default async function ({ api, signedIn }) {
  const big = noise(3_000_000);
  const disk = onDisk({ "minutes.txt": TEXT, "big.bin": big, "case/deep/inner.txt": "inner", "case/outer.txt": "outer", "case/empty.txt": "" });
  const at = (name) => join(disk, name);
  const { page } = await signedIn("/");
  const content = page.getByRole("region", { name: "Content of the folder" });
  await page.getByText("This folder is empty").waitFor();

  await drop(page, content, [at("minutes.txt"), at("big.bin"), at("case")], {
    between: () => page.getByText("Upload to /", { exact: true }).waitFor(),
  });
  await docked(page, "5 files uploaded");
  await accessible(page, "finished uploads");
  await line(page, "minutes.txt").waitFor();
  assert.deepEqual(await api.bytes((await api.get("/v1/files/by-path/big.bin")).content_url), big);
  for (const [path, text] of [["case/deep/inner.txt", "inner"], ["case/outer.txt", "outer"], ["case/empty.txt", ""]]) {
    assert.equal(String(await api.bytes((await api.get(`/v1/files/by-path/${path}`)).content_url)), text);
  }
  await page.getByRole("button", { name: "Close uploads" }).click();

  // The same by the buttons: a folder, and a file onto a folder's line.
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Upload", exact: true }).click();
  await page.getByRole("menuitem", { name: "A folder" }).click();
  await (await chooser).setFiles(at("case/deep"));
  await docked(page, "1 file uploaded");
  assert.equal((await api.get("/v1/files/by-path/deep/inner.txt")).version.size, 5);

  // What is there already is not written over.
  await drop(page, content, [at("minutes.txt")]);
  await docked(page, /Saved as minutes-1.txt/);
  rmSync(disk, { recursive: true });
}
