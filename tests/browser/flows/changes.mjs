import assert from "node:assert/strict";
import { accessible } from "../look.mjs";
import { choose, dialog, line, said } from "../steps.mjs";

export default async function ({ api, signedIn }) {
  const { id } = await api.put("/draft.txt", "a draft");
  await api.put("/contracts/lease.txt", "a lease");
  const { page, complaints } = await signedIn("/");

  await choose(page, "draft.txt", "Rename");
  await dialog(page).getByLabel("Name").fill("a/b");
  await accessible(page, "the new name");
  complaints.expect(/status of 422/);
  await page.keyboard.press("Enter");
  await dialog(page).getByText(/name/i).nth(1).waitFor();
  await accessible(page, "a name that is refused");
  await dialog(page).getByLabel("Name").fill("final.txt");
  await dialog(page).getByRole("button", { name: "Rename" }).click();
  await line(page, "final.txt").waitFor();
  assert.equal((await api.get(`/v1/files/${id}`)).path, "/final.txt");

  await choose(page, "final.txt", "Move…");
  await dialog(page).getByRole("treeitem", { name: "contracts" }).click();
  await accessible(page, "where to move it");
  await dialog(page).getByRole("button", { name: "Move here" }).click();
  await said(page, "Moved “final.txt” to /contracts");
  await line(page, "final.txt").waitFor({ state: "detached" });
  assert.equal((await api.get(`/v1/files/${id}`)).path, "/contracts/final.txt");

  await page.goto(new URL("/files/contracts", page.url()).href);
  await choose(page, "final.txt", "Copy link");
  await accessible(page, "a link");
  await dialog(page).getByRole("button", { name: "Make and copy" }).click();
  await said(page, "The link is copied");
  await accessible(page, "a link that was made");
  const link = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(await (await fetch(link)).text(), "a draft");
  await dialog(page).getByRole("button", { name: "Done" }).click();

  await choose(page, "final.txt", "Access");
  await dialog(page).getByLabel("Who may fetch it").selectOption("Public, not found by search engines");
  await accessible(page, "a file's access");
  await dialog(page).getByRole("button", { name: "Save" }).click();
  await said(page, "public, not found by search engines");
  await line(page, "final.txt").getByText("Public").waitFor();
  assert.equal((await api.get(`/v1/files/${id}`)).access, "public_not_indexable");

  // Two at once.
  await line(page, "final.txt").getByRole("checkbox").check();
  await line(page, "lease.txt").getByRole("checkbox").check();
  await page.getByRole("button", { name: "Actions", exact: true }).click();
  await page.getByRole("menuitem", { name: "Put on a record" }).click();
  await dialog(page).getByLabel("Record").fill("deal/7");
  await accessible(page, "the record to put files on");
  await page.keyboard.press("Enter");
  await said(page, "2 files are on deal/7");
  assert.equal((await api.get("/v1/records/deal/7/files")).items.length, 2);
}
