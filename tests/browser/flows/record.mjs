import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { accessible } from "../look.mjs";
import { choose, docked, drop, line, onDisk, said } from "../steps.mjs";

export default async function ({ api, signedIn }) {
  await api.putOn("contact/42", "passport.txt", "a passport");
  await api.putOn("deal/7", "offer.txt", "an offer");
  const { page } = await signedIn("/records");
  await page.getByRole("link", { name: "contact/42" }).waitFor();
  await accessible(page, "records");
  await page.getByLabel("Type", { exact: true }).fill("deal");
  await page.keyboard.press("Tab");
  await page.getByRole("link", { name: "contact/42" }).waitFor({ state: "detached" });
  await page.getByRole("link", { name: "deal/7" }).click();
  await page.waitForURL("**/record/deal/7");
  await line(page, "offer.txt").waitFor();
  await accessible(page, "a record");

  const disk = onDisk({ "signed.txt": "signed" });
  await drop(page, page.getByRole("tabpanel"), [join(disk, "signed.txt")], {
    between: () => page.getByText("Upload to deal/7", { exact: true }).waitFor(),
  });
  await docked(page, "1 file uploaded");
  await line(page, "signed.txt").waitFor();
  rmSync(disk, { recursive: true });
  assert.deepEqual((await api.get("/v1/records/deal/7/files")).items.map(({ file }) => file.name).toSorted(), ["offer.txt", "signed.txt"]);

  await choose(page, "offer.txt", "Take off this record");
  await said(page, "Taken off deal/7");
  await line(page, "offer.txt").waitFor({ state: "detached" });
  await page.getByRole("tab", { name: "Feed" }).click();
  await page.getByRole("tabpanel").waitFor();
  await accessible(page, "a record's feed");

  await page.goto(new URL("/record/ticket/1", page.url()).href);
  await page.getByText("No files on ticket/1").waitFor();
  await accessible(page, "a record without files");
}
