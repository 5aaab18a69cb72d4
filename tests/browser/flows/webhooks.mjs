import assert from "node:assert/strict";
import { until } from "../api.mjs";
import { accessible } from "../look.mjs";
import { Receiver } from "../receiver.mjs";
import { dialog, row, said } from "../steps.mjs";

export default async function ({ api, signedIn }) {
  const receiver = await new Receiver().start();
  const { page } = await signedIn("/webhooks");
  await page.getByText("No application hears of events yet").waitFor();
  await accessible(page, "no webhooks");
  await page.getByRole("button", { name: "New webhook" }).click();
  await dialog(page).getByLabel("Address").fill(receiver.url);
  await dialog(page).getByLabel("Name").fill("CRM");
  await dialog(page).getByLabel("these kinds").check();
  await dialog(page).getByLabel("Put on a record").check();
  await accessible(page, "a new webhook");
  await dialog(page).getByRole("button", { name: "Make the webhook" }).click();
  receiver.secret = await dialog(page).getByLabel("Secret", { exact: true }).inputValue();
  assert.match(receiver.secret, /^whsec_/);
  await accessible(page, "a webhook's secret");
  await dialog(page).getByRole("button", { name: "Done" }).click();

  const card = page.getByRole("article", { name: "CRM" });
  await card.getByRole("button", { name: "Send a test" }).click();
  await card.getByText(/It arrived: the answer was 204/).waitFor();
  await api.putOn("contact/42", "passport.pdf", "a passport");
  await card.getByRole("button", { name: "Deliveries" }).click();
  await row(card, "arrived").filter({ hasText: "Put on a record" }).getByText("204").waitFor();
  await accessible(page, "deliveries");
  assert(receiver.heard.every(({ signed }) => signed));
  assert.deepEqual(receiver.heard.map(({ kind }) => kind), ["webhook.test", "file.linked"]);

  await row(card, "Put on a record").getByRole("button", { name: /Send again/ }).click();
  await until(() => receiver.heard.filter(({ kind }) => kind === "file.linked").length === 2, "the delivery comes again");

  receiver.status = 500;
  await card.getByRole("button", { name: "Send a test" }).click();
  await card.getByText(/did not arrive|answer was 500/).waitFor();
  receiver.status = 204;

  await card.getByRole("button", { name: "New secret" }).click();
  await dialog(page).getByRole("button", { name: "Make a new secret" }).click();
  const fresh = dialog(page).getByLabel("Secret", { exact: true });
  await fresh.waitFor();
  assert.notEqual(await fresh.inputValue(), receiver.secret);
  await page.keyboard.press("Escape");

  await card.getByRole("button", { name: "Turn off" }).click();
  await card.getByText("off", { exact: true }).waitFor();
  await accessible(page, "a webhook that is off");
  await card.getByRole("button", { name: "Turn on" }).click();
  await card.getByText("on", { exact: true }).waitFor();
  await card.getByRole("button", { name: "Change", exact: true }).click();
  await dialog(page).getByLabel("Name").fill("Help desk");
  await dialog(page).getByRole("button", { name: "Save" }).click();
  const renamed = page.getByRole("article", { name: "Help desk" });
  await renamed.getByRole("button", { name: /^Delete/ }).click();
  await dialog(page).getByRole("button", { name: "Delete" }).click();
  await said(page, "Help desk is deleted");
  await page.getByText("No application hears of events yet").waitFor();
  receiver.stop();
}
