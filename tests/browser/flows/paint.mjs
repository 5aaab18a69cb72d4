// How soon the first files are seen in an account with many. The figure is said and not judged: machines differ.
// ATTACHE_BROWSER_FILES is how many (20,000 where it is not given).
import assert from "node:assert/strict";
import { line } from "../steps.mjs";

const FILES = Number(process.env.ATTACHE_BROWSER_FILES ?? 20_000);
const AT_ONCE = 32;

export default async function ({ api, signedIn }) {
  const begun = Date.now();
  let next = 0;
  const put = async () => {
    while (next < FILES) {
      const no = next++;
      // Half of them in one folder, so that its list is long.
      await api.put(`${no % 2 ? `/many/${no}` : `/file-${String(no).padStart(6, "0")}`}.txt`, "x", "text/plain");
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, put));
  const made = Date.now();
  const { page } = await signedIn("/");
  await line(page, "file-000000.txt").waitFor();

  const painted = async () => {
    const from = Date.now();
    await page.reload({ waitUntil: "commit" });
    await line(page, "file-000000.txt").waitFor();
    return Date.now() - from;
  };
  const times = [];
  for (let i = 0; i < 5; i++) times.push(await painted());
  const first = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0);
  console.log(
    `${FILES} files, put in within ${Math.round((made - begun) / 1000)} s: the first lines are there after ` +
      `${times.toSorted((a, b) => a - b)[2]} ms (median of 5), the first paint after ${Math.round(first)} ms`,
  );

  // Only what is in view is drawn, also at the end of a long way down.
  const list = page.getByRole("grid", { name: /Files in/ });
  for (let i = 0; i < 5; i++) {
    const height = await list.evaluate((grid) => {
      const before = grid.scrollHeight;
      grid.scrollTop = before;
      return before;
    });
    await page.waitForFunction(([grid, before]) => grid.scrollHeight > before, [await list.elementHandle(), height]);
  }
  assert((await page.getByRole("row").count()) < 150);
  await line(page, "file-000000.txt").waitFor({ state: "detached" });
}
