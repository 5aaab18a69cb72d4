// Steps that many flows take, by what a person sees: names of buttons, lines, dialogs.
import { mkdtempSync, writeFileSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** The line of a file or folder in a list of files. */
export const line = (page, name) => page.getByRole("row").filter({ has: page.getByRole("link", { name, exact: true }) });

/** The line of a table that has a text. */
export const row = (page, text) => page.getByRole("row").filter({ hasText: text });

/** The dialog that is open. */
export const dialog = (page) => page.getByRole("dialog");

/** Opens the menu of a line and chooses from it. */
export async function choose(page, name, item) {
  await line(page, name).getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

/** Waits until the page says something at its bottom, or has said so since the last time that it was waited for. */
export async function said(page, text) {
  const hear = (text) => {
    const at = window.messages.findIndex((message) => message.includes(text));
    return at >= 0 && window.messages.splice(0, at + 1).length > 0;
  };
  const begun = Date.now();
  while (!(await page.evaluate(hear, text))) {
    if (Date.now() - begun > 60_000) throw new Error(`the page does not say “${text}”, but ${await page.evaluate(() => window.messages)}`);
    await page.waitForTimeout(50);
  }
}

/** Waits until the dock of uploads says something. */
export const docked = (page, text) => page.getByRole("region", { name: "Uploads" }).getByText(text).first().waitFor();

/** A folder on this machine with files: `{ "a.txt": bytes, "sub/b.txt": bytes }`. */
export function onDisk(files) {
  const folder = mkdtempSync(join(tmpdir(), "attache-browser-"));
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  return folder;
}

/** Drags files and folders of this machine over an element and lets go, as a hand does. */
export async function drop(page, target, paths, { between } = {}) {
  const box = await target.boundingBox();
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  const debug = await page.context().newCDPSession(page);
  for (const type of ["dragEnter", "dragOver", "drop"]) {
    if (type === "drop") await between?.();
    await debug.send("Input.dispatchDragEvent", { type, ...at, data });
  }
  await debug.detach();
}

/** Where the keyboard is: the accessible name of the element with the focus. */
export const focused = (page) =>
  page.evaluate(() => {
    const at = document.activeElement;
    return at?.getAttribute("aria-label") ?? at?.textContent?.trim() ?? "";
  });
