import assert from "node:assert/strict";
import { accessible } from "../look.mjs";
import { choose, dialog, line, said } from "../steps.mjs";

export default async function ({ api, signedIn }) {
  await api.put("/contracts/2026/lease.pdf", "a lease");
  await api.put("/contracts/2026/annex.txt", "an annex");
  await api.put("/welcome.txt", "welcome");
  const { page, complaints } = await signedIn();

  await line(page, "contracts").dblclick();
  await line(page, "2026").dblclick();
  await line(page, "lease.pdf").waitFor();
  assert.match(page.url(), /\/files\/contracts\/2026$/);
  await page.reload();
  await line(page, "annex.txt").waitFor();
  await page.goBack();
  await line(page, "2026").waitFor();
  await page.getByRole("navigation", { name: "Folder" }).getByRole("link", { name: "Files" }).click();
  await line(page, "welcome.txt").waitFor();

  const tree = page.getByRole("tree", { name: "Folders" });
  await tree.getByText("contracts").click();
  await line(page, "2026").waitFor();

  await page.getByRole("button", { name: "New folder" }).click();
  await dialog(page).getByLabel("Name").fill("2027");
  await accessible(page, "a new folder");
  await page.keyboard.press("Enter");
  await line(page, "2027").dblclick();
  await page.getByText("This folder is empty").waitFor();
  await accessible(page, "an empty folder");
  await page.goBack();

  await page.getByRole("button", { name: "Grid", exact: true }).click();
  await page.getByRole("listbox", { name: "Files in /contracts" }).waitFor();
  await accessible(page, "the grid");
  await page.reload();
  await page.getByRole("option", { name: "2026" }).waitFor();
  await page.getByRole("button", { name: "List", exact: true }).click();

  await choose(page, "2027", "Rename");
  await dialog(page).getByLabel("Name").fill("2028");
  await page.keyboard.press("Enter");
  await line(page, "2028").waitFor();
  await choose(page, "2028", "Move to the trash");
  await dialog(page).getByRole("button", { name: "Move to the trash" }).click();
  await said(page, "Moved");
  await line(page, "2028").waitFor({ state: "detached" });

  complaints.expect(/nowhere.*status of 404/);
  await page.goto(new URL("/files/nowhere", page.url()).href);
  await page.getByRole("alert").waitFor();
  await accessible(page, "a folder that is not there");
}
