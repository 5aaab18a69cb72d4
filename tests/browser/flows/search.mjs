import assert from "node:assert/strict";
import { accessible } from "../look.mjs";
import { pdf, TEXT } from "../media.mjs";
import { line } from "../steps.mjs";

export default async function ({ api, signedIn }) {
  await api.put("/contracts/lease.pdf", pdf("Lease"), "application/pdf");
  await api.put("/contracts/lease-notes.txt", TEXT, "text/plain");
  await api.put("/big-lease.bin", Buffer.alloc(2_500_000));
  await api.putOn("contact/42", "lease-scan.txt", "a scan");
  const { page } = await signedIn("/");

  await line(page, "contracts").waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("lease");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/search?q=lease");
  for (const name of ["lease.pdf", "lease-notes.txt", "big-lease.bin", "lease-scan.txt"]) await line(page, name).waitFor();
  await accessible(page, "a search");

  const filters = page.getByRole("form", { name: "Filters" });
  const only = async (...names) => {
    const others = ["lease.pdf", "lease-notes.txt", "big-lease.bin", "lease-scan.txt"].filter((name) => !names.includes(name));
    for (const name of others) await line(page, name).waitFor({ state: "detached" });
    for (const name of names) await line(page, name).waitFor();
  };
  const fill = async (label, text) => {
    await filters.getByLabel(label).fill(text);
    await page.keyboard.press("Enter");
    await filters.getByLabel(label).blur();
  };
  await fill("Extension", "pdf");
  await only("lease.pdf");
  assert.match(page.url(), /extension=pdf/);
  await filters.getByRole("button", { name: "Clear" }).click();
  await fill("Size from (MB)", "2");
  await only("big-lease.bin");
  await page.reload();
  await only("big-lease.bin");
  await filters.getByRole("button", { name: "Clear" }).click();
  await fill("On record", "contact/42");
  await only("lease-scan.txt");
  await filters.getByRole("button", { name: "Clear" }).click();
  await fill("In folder or below", "/contracts");
  await only("lease.pdf", "lease-notes.txt");
  await filters.getByLabel("Kind").selectOption("Images");
  await page.getByText("No file passes").waitFor();
  await accessible(page, "a search without result");
}
