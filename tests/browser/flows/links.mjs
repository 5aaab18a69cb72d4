import assert from "node:assert/strict";
import { accessible } from "../look.mjs";
import { dialog, row, said } from "../steps.mjs";

export default async function ({ api, signedIn }) {
  const { id } = await api.put("/lease.pdf", "a lease");
  const links = [];
  for (const json of [{ expires_in: 7200 }, { expires_in: 86_400, version: 1 }]) links.push(await api.ask("POST", `/v1/files/${id}/links`, { json }));
  const { page } = await signedIn("/links");

  await page.getByRole("link", { name: "lease.pdf" }).first().waitFor();
  await row(page, "in 2 hours").getByText("you").waitFor();
  await accessible(page, "signed links");
  await row(page, "version 1").getByRole("button", { name: /Take back/ }).click();
  await dialog(page).getByRole("button", { name: "Take it back" }).click();
  await said(page, "no longer works");
  await row(page, "version 1").waitFor({ state: "detached" });
  assert.equal((await fetch(links[1].url)).status, 403);
  assert.equal(await (await fetch(links[0].url)).text(), "a lease");

  await row(page, "in 2 hours").getByRole("link", { name: "lease.pdf" }).click();
  await page.waitForURL(`**/file/${id}`);
}
