import assert from "node:assert/strict";
import { accessible } from "../look.mjs";
import { said } from "../steps.mjs";

export default async function ({ api, signedIn }) {
  const { id } = await api.putOn("contact/42", "terms.txt", "first terms");
  await api.ask("PUT", `/v1/files/${id}/content`, { body: "second terms, longer" });
  await api.ask("PUT", `/v1/records/deal/7/files/${id}`, { json: {} });
  const { page } = await signedIn(`/file/${id}`);

  const versions = page.getByRole("region", { name: "Versions" });
  await versions.getByRole("button", { name: "Make version 1 the active one" }).click();
  await said(page, "Version 1 is the active one");
  await versions.getByRole("listitem").filter({ hasText: "active" }).getByText("1", { exact: true }).waitFor();
  assert.equal(String(await api.bytes(`/v1/files/${id}/content`)), "first terms");
  await page.getByText("first terms").waitFor();
  await accessible(page, "a file with versions");

  const saved = page.waitForEvent("download");
  await versions.getByRole("link", { name: "Download version 2" }).click();
  const stream = await (await saved).createReadStream();
  let text = "";
  for await (const block of stream) text += block;
  assert.equal(text, "second terms, longer");

  await versions.getByLabel("Content of the new version").setInputFiles({ name: "t.txt", mimeType: "text/plain", buffer: Buffer.from("third terms") });
  await versions.getByRole("button", { name: "Make version 2 the active one" }).waitFor();
  await versions.getByRole("listitem").filter({ hasText: "active" }).getByText("3", { exact: true }).waitFor();
  assert.equal(String(await api.bytes(`/v1/files/${id}/content`)), "third terms");

  const used = page.getByRole("region", { name: "On records" });
  await used.getByRole("link", { name: "contact/42" }).waitFor();
  await used.getByRole("button", { name: "Take it off deal/7" }).click();
  await said(page, "Taken off deal/7");
  await used.getByRole("link", { name: "deal/7" }).waitFor({ state: "detached" });
  assert.deepEqual((await api.get("/v1/records/deal/7/files")).items, []);
  await used.getByRole("link", { name: "contact/42" }).click();
  await page.waitForURL("**/record/contact/42");
  await page.getByRole("link", { name: "terms.txt" }).first().waitFor();
}
