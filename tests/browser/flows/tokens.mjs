import assert from "node:assert/strict";
import { Api } from "../api.mjs";
import { accessible } from "../look.mjs";
import { dialog, row, said } from "../steps.mjs";

export default async function ({ url, api, signedIn }) {
  await api.put("/a.txt", "a");
  const { page } = await signedIn("/tokens");
  await page.getByRole("button", { name: "New token" }).click();
  await dialog(page).getByLabel("Name").fill("nightly import");
  await dialog(page).getByLabel(/Delete, restore and erase/).check();
  await dialog(page).getByLabel("It works for").selectOption("30 days");
  await accessible(page, "a new token");
  await dialog(page).getByRole("button", { name: "Make the token" }).click();
  const field = dialog(page).getByLabel("Token", { exact: true });
  const secret = await field.inputValue();
  await accessible(page, "a token's secret");
  await dialog(page).getByRole("button", { name: "Copy token" }).click();
  await said(page, "Token copied");
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), secret);
  await dialog(page).getByRole("button", { name: "Done" }).click();

  const made = row(page, "nightly import");
  await made.getByText("in 30 days").waitFor();
  assert.deepEqual(await made.locator(".badge").allTextContents(), ["files:read", "files:delete"]);
  assert(!(await page.content()).includes(secret));
  await accessible(page, "tokens");
  assert.equal((await new Api(url, secret).get("/v1/files")).items.length, 1);

  await made.getByRole("button", { name: /Take back/ }).click();
  await dialog(page).getByRole("button", { name: "Take it back" }).click();
  await said(page, "nightly import no longer works");
  assert.equal((await new Api(url, secret).raw("GET", "/v1/files")).status, 401);
}
