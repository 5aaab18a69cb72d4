import assert from "node:assert/strict";
import { accessible } from "../look.mjs";
import { choose, dialog, line, row, said } from "../steps.mjs";

export default async function ({ api, signedIn }) {
  const { id } = await api.put("/plans/budget.txt", "budget");
  const erased = await api.put("/plans/secret.txt", "secret");
  for (const name of ["a.txt", "b.txt"]) await api.ask("DELETE", `/v1/files/${(await api.put(`/${name}`, name)).id}`);
  const { page, complaints } = await signedIn("/files/plans");
  for (const name of ["budget.txt", "secret.txt"]) {
    await choose(page, name, "Move to the trash");
    await line(page, name).waitFor({ state: "detached" });
  }

  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Trash" }).click();
  await row(page, "budget.txt").getByText("30", { exact: true }).waitFor();
  await accessible(page, "the trash");
  await row(page, "budget.txt").getByRole("button", { name: /Restore/ }).click();
  await said(page, "budget.txt is back in /plans");
  assert.equal((await api.get(`/v1/files/${id}`)).trashed_at ?? null, null);

  await row(page, "secret.txt").getByRole("button", { name: /Erase/ }).click();
  await accessible(page, "the question before erasing");
  await dialog(page).getByRole("button", { name: "Cancel" }).click();
  await row(page, "secret.txt").getByRole("button", { name: /Erase/ }).click();
  await dialog(page).getByRole("button", { name: "Erase" }).click();
  await said(page, "secret.txt is erased");
  assert.equal((await api.raw("GET", `/v1/files/${erased.id}`)).status, 404);

  await page.getByRole("button", { name: "Empty the trash" }).click();
  await dialog(page).getByRole("button", { name: "Empty the trash" }).click();
  await page.getByText("The trash is empty", { exact: true }).waitFor();
  assert.deepEqual((await api.get("/v1/trash")).items, []);
  complaints.none();
}
