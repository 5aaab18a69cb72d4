import assert from "node:assert/strict";
import { accessible, fits, picture } from "../look.mjs";
import { SIZES } from "../browser.mjs";
import { dialog, row, said } from "../steps.mjs";

const file = (name, text, mimeType = "text/plain") => ({ name, mimeType, buffer: Buffer.from(text) });

export default async function ({ api, signedIn, person }) {
  // Somebody makes a link on the screen.
  const { page } = await signedIn("/intakes");
  await page.getByText("No intake link is open").waitFor();
  await page.getByRole("button", { name: "New intake link" }).click();
  const form = dialog(page);
  await form.getByLabel("Record", { exact: true }).fill("contact/42");
  await form.getByLabel("Title").fill("Your passport, please");
  await form.getByLabel("Note to show").fill("Both sides, in colour.");
  await form.getByLabel("Name for the files").fill("{record}-passport");
  await form.getByLabel("Types").fill("text/* .pdf");
  await form.getByLabel("Most files").fill("3");
  await form.getByLabel("Most MB for each").fill("0.001");
  await form.getByLabel("Password").fill("open sesame");
  await form.getByLabel("It works for").selectOption("1 day");
  await accessible(page, "a new intake link");
  await form.getByRole("button", { name: "Make the link" }).click();
  const address = await form.getByLabel("Address", { exact: true }).inputValue();
  await accessible(page, "an intake link's address");
  await form.getByRole("button", { name: "Done" }).click();
  await row(page, "Your passport, please").getByText("0 of 3").waitFor();
  await accessible(page, "intake links");
  await row(page, "Your passport, please").getByRole("button", { name: /Copy the address/ }).click();
  await said(page, "Address copied");
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), address);

  // Somebody without an account opens it, without script first.
  const plain = await person({ script: false });
  await plain.page.goto(address);
  await plain.page.getByRole("heading", { name: "Your passport, please" }).waitFor();
  await plain.page.getByText("Both sides, in colour.").waitFor();
  plain.complaints.expect(/status of 4\d\d/);
  await plain.page.getByLabel("Password").fill("wrong");
  await plain.page.getByLabel("Files").setInputFiles([file("front.txt", "front")]);
  await plain.page.getByRole("button", { name: "Send" }).click();
  await plain.page.getByText("The password is not the right one").waitFor();
  await plain.page.getByLabel("Password").fill("open sesame");
  await plain.page.getByLabel("Files").setInputFiles([file("front.txt", "front"), file("photo.exe", "MZ", "application/x-msdownload")]);
  await plain.page.getByRole("button", { name: "Send" }).click();
  await plain.page.getByText("1 of 2 files were received").waitFor();

  // And with script, on a phone in the dark.
  const phone = await person({ size: SIZES.narrow, theme: "dark" });
  await phone.page.goto(address);
  await accessible(phone.page, "the intake page");
  await fits(phone.page, "the intake page");
  await picture(phone.page, "intake-page-narrow-dark");
  await phone.page.getByLabel("Password").fill("open sesame");
  await phone.page.getByLabel("Files").setInputFiles([file("long.txt", "x".repeat(1001))]);
  await phone.page.getByText(/long\.txt|too (large|long|big)|at most/i).first().waitFor();
  await phone.page.getByLabel("Files").setInputFiles([file("back.txt", "back")]);
  await phone.page.getByRole("button", { name: "Send" }).click();
  await phone.page.getByText("The file was received").waitFor();
  await accessible(phone.page, "the intake page after sending");

  // It is on the record, under the template's name.
  await page.reload();
  await row(page, "Your passport, please").getByRole("button", { name: /2 of 3/ }).click();
  await dialog(page).getByRole("listitem").nth(1).waitFor();
  await accessible(page, "files that were sent in");
  const { items } = await api.get("/v1/records/contact/42/files");
  assert.deepEqual(items.map(({ file, link }) => [file.source, link.origin]), [["intake", "intake"], ["intake", "intake"]]);
  assert(items.every(({ file }) => /passport/.test(file.name)), items.map(({ file }) => file.name).join());
  await page.keyboard.press("Escape");

  await row(page, "Your passport, please").getByRole("button", { name: /^Close / }).click();
  await dialog(page).getByRole("button", { name: "Close it" }).click();
  await said(page, "is closed");
  await page.getByText("No intake link is open").waitFor();
  await page.getByLabel("State").selectOption("all");
  await row(page, "Your passport, please").getByText("closed", { exact: true }).waitFor();
  phone.complaints.expect(/status of (410|404|403)/);
  await phone.page.goto(address);
  assert.equal(await phone.page.getByRole("button", { name: "Send" }).count(), 0);
  await accessible(phone.page, "an intake page that is closed");
}
