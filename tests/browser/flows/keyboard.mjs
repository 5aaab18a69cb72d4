import assert from "node:assert/strict";
import { accessible } from "../look.mjs";
import { dialog, line, said } from "../steps.mjs";

export default async function ({ url, token, api, person }) {
  await api.put("/contracts/annex.txt", "an annex");
  await api.put("/contracts/lease.txt", "a lease");
  const { page } = await person();
  const keys = async (...all) => {
    for (const key of all) await page.keyboard.press(key);
  };
  const active = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent?.trim());
  /** Goes on with Tab until the focus is on what is called so. */
  const tabTo = async (name) => {
    for (let i = 0; i < 60; i++) {
      if (name.test((await active()) ?? "")) return;
      await keys("Tab");
    }
    assert.fail(`Tab does not come to ${name}`);
  };

  await page.goto(url);
  await page.getByLabel("Token").waitFor();
  await page.keyboard.type(token);
  await keys("Enter");
  await line(page, "contracts").waitFor();
  await page.reload();
  await line(page, "contracts").waitFor();
  await keys("Tab");
  assert.match(await active(), /Skip to the content/);
  await keys("Enter");
  await tabTo(/Files in \//);
  await keys("ArrowDown", "ArrowUp", "Enter");
  await page.waitForURL("**/files/contracts");
  await line(page, "annex.txt").waitFor();

  await tabTo(/Files in \/contracts/);
  await keys("Home", "ArrowDown");
  assert.equal(await line(page, "lease.txt").getAttribute("aria-selected"), "true");
  await keys("F2");
  await dialog(page).waitFor();
  // The name is chosen without its ending, so that one types over it.
  await page.waitForFunction((chosen) => {
    const { selectionStart, selectionEnd } = document.activeElement;
    return selectionStart === 0 && selectionEnd === chosen.length;
  }, "lease");
  await page.keyboard.type("tenancy");
  await keys("Enter");
  await line(page, "tenancy.txt").waitFor();
  await tabTo(/Files in \/contracts/);
  await keys("Home", "Shift+F10");
  await page.getByRole("menu").waitFor();
  await keys("m");
  await keys("Escape");
  await keys("Delete");
  await said(page, "Moved");
  await line(page, "annex.txt").waitFor({ state: "detached" });
  await tabTo(/Files in \/contracts/);
  await keys("Home", "Enter");
  await page.waitForURL("**/file/*");
  await page.getByText("a lease").waitFor();
  await keys("Escape");
  await page.waitForURL("**/files/contracts");

  await keys("?");
  await dialog(page).getByText("Go to the search").waitFor();
  await accessible(page, "the keys");
  await keys("Escape");
  await tabTo(/^Tokens$/);
  await keys("Enter");
  await page.waitForURL("**/tokens");
  await tabTo(/^New token$/);
  await keys("Enter");
  await dialog(page).waitFor();
  await keys("Escape");
  await dialog(page).waitFor({ state: "detached" });
  assert.match(await active(), /^New token$/);
  await tabTo(/^Account and settings$/);
  await keys("Enter", "ArrowUp", "ArrowUp");
  await page.getByRole("menu").waitFor();
  await keys("End", "Enter");
  await page.getByLabel("Token").waitFor();
}
