import assert from "node:assert/strict";
import { accessible, settled } from "../look.mjs";
import { row } from "../steps.mjs";

export default async function ({ api, signedIn }) {
  for (let i = 0; i < 105; i++) await api.ask("POST", "/v1/folders", { json: { path: `/f${i}` } });
  await api.putOn("contact/42", "passport.pdf", "a passport");
  const { page } = await signedIn("/events");

  await page.getByText("live", { exact: true }).waitFor();
  await row(page, "Put on a record").getByRole("link", { name: "contact/42" }).waitFor();
  await row(page, "File put in").getByRole("link", { name: "passport.pdf" }).waitFor();
  await accessible(page, "events");
  const numbers = await page.locator("tbody tr td:first-child").allTextContents();
  assert.deepEqual(numbers.map(Number), numbers.map(Number).toSorted((a, b) => b - a));
  assert.equal(numbers.length, 100);
  await page.getByRole("button", { name: "Show more" }).click();
  await row(page, "f0").first().waitFor();

  await api.put("/now.txt", "now");
  await page.getByRole("link", { name: "now.txt" }).waitFor();

  await page.getByLabel("Kind").selectOption("File put in");
  await row(page, "Folder made").first().waitFor({ state: "detached" });
  await settled(page);
  assert.equal(await page.locator("tbody tr").count(), 2);
  await page.getByLabel("Kind").selectOption("File erased");
  await page.getByText("Nothing of this kind happened").waitFor();
}
