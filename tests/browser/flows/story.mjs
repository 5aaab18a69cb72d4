// From an empty server to a file on a record, an intake upload received and a webhook delivered, by looking only at the screen.
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { pdf } from "../media.mjs";
import { Receiver } from "../receiver.mjs";
import { dialog, docked, drop, line, onDisk, row } from "../steps.mjs";

export default async function ({ url, token, person }) {
  const receiver = await new Receiver().start();
  const disk = onDisk({ "lease.pdf": pdf("Lease") });
  const { page } = await person();
  const main = page.getByRole("navigation", { name: "Main" });
  const to = (screen) => main.getByRole("link", { name: screen, exact: true }).click();
  await page.goto(url);
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("This folder is empty").waitFor();

  // Another application is told of what comes in.
  await to("Webhooks");
  await page.getByRole("button", { name: "New webhook" }).click();
  await dialog(page).getByLabel("Address").fill(receiver.url);
  await dialog(page).getByLabel("Name").fill("CRM");
  await dialog(page).getByLabel("these kinds").check();
  await dialog(page).getByLabel("File sent in").check();
  await dialog(page).getByRole("button", { name: "Make the webhook" }).click();
  receiver.secret = await dialog(page).getByLabel("Secret", { exact: true }).inputValue();
  await dialog(page).getByRole("button", { name: "Done" }).click();

  // A file goes on a record.
  await to("Records");
  await page.getByLabel("Record to open").fill("contact/42");
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await page.getByText("No files on contact/42").waitFor();
  await drop(page, page.getByRole("tabpanel"), [join(disk, "lease.pdf")]);
  await docked(page, "1 file uploaded");
  await line(page, "lease.pdf").waitFor();

  // A link is made and opened by somebody who has no account.
  await to("Intake links");
  await page.getByRole("button", { name: "New intake link" }).click();
  await dialog(page).getByLabel("Record", { exact: true }).fill("contact/42");
  await dialog(page).getByLabel("Title").fill("Your passport");
  await dialog(page).getByLabel("Name for the files").fill("{record}-passport");
  await dialog(page).getByRole("button", { name: "Make the link" }).click();
  const address = await dialog(page).getByLabel("Address", { exact: true }).inputValue();
  await dialog(page).getByRole("button", { name: "Done" }).click();
  const guest = await person();
  await guest.page.goto(address);
  await guest.page.getByLabel("Files").setInputFiles([{ name: "scan.pdf", mimeType: "application/pdf", buffer: pdf("Passport") }]);
  await guest.page.getByRole("button", { name: "Send" }).click();
  await guest.page.getByText("The file was received").waitFor();

  // It is seen everywhere.
  await to("Activity");
  await row(page, "File sent in").getByRole("link", { name: "contact/42" }).click();
  await page.getByRole("link", { name: /passport.*\.pdf/ }).waitFor();
  await line(page, "lease.pdf").waitFor();
  await to("Webhooks");
  await page.getByRole("button", { name: "Deliveries" }).click();
  await row(page, "arrived").getByText("204").waitFor();
  assert.deepEqual(receiver.heard, [{ kind: "intake.received", record: "contact/42", signed: true }]);
  receiver.stop();
  rmSync(disk, { recursive: true });
}
