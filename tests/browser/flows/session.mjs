import assert from "node:assert/strict";
import { accessible } from "../look.mjs";

export default async function ({ url, token, person }) {
  const { page, context, complaints } = await person();
  await page.goto(url);
  const field = page.getByLabel("Token");
  await field.waitFor();
  await accessible(page, "the sign-in");

  complaints.expect(/\/v1\/session: .*status of (400|401|422)/);
  await field.fill("att_wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").waitFor();
  await accessible(page, "a refused sign-in");

  await field.fill(token);
  await page.keyboard.press("Enter");
  await page.getByRole("navigation", { name: "Main" }).waitFor();
  const [cookie] = await context.cookies();
  assert.equal(cookie.httpOnly && cookie.sameSite, "Strict");
  assert(!(await page.evaluate((token) => JSON.stringify({ ...localStorage, ...sessionStorage }).includes(token), token)));

  await page.reload();
  await page.getByRole("button", { name: "Account and settings" }).click();
  await accessible(page, "the account's menu");
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await field.waitFor();
  assert.deepEqual(await context.cookies(), []);
}
