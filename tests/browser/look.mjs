// What a screen is looked at for: whether everybody can use it (axe-core), and a picture for people to look at.
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** No rule of WCAG 2.2 AA or of good practice is broken on the page as it stands. */
export async function accessible(page, what) {
  // A colour that is on its way to another one is no state that anybody is left with.
  await page.evaluate(() => {
    const ends = (animation) => animation.effect?.getComputedTiming().endTime !== Infinity;
    return Promise.allSettled(document.getAnimations().filter(ends).map((animation) => animation.finished));
  });
  // Evaluated by the debugger, which the page's policy does not bind.
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const words = found.violations.map(
    ({ id, help, nodes }) => `${id} (${help}):\n    ${nodes.map((node) => `${node.html}\n      ${node.failureSummary}`).join("\n    ")}`,
  );
  if (words.length) throw new Error(`${what} is not accessible:\n  ${words.join("\n  ")}`);
}

/** Waits until a screen shows what it has to show: nothing is on its way any more, and its pictures are there. */
export async function settled(page) {
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await page.waitForFunction(() => {
    const waiting = [...document.querySelectorAll("[aria-busy=true], .waiting, .shimmer, .spinner")];
    const coming = [...document.images].filter((image) => !image.complete);
    // What is not shown on a narrow screen is not looked at either.
    return ![...waiting, ...coming].some((element) => element.checkVisibility());
  });
}

/** Nothing on the page stands out of its width. */
export async function fits(page, what) {
  const wide = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    return document.documentElement.scrollWidth > width
      ? [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > width + 1).map((e) => e.outerHTML.slice(0, 120))
      : [];
  });
  if (wide.length) throw new Error(`${what} is wider than its window:\n  ${wide.slice(0, 5).join("\n  ")}`);
}

/** Keeps a picture, when the run keeps any. */
export async function picture(page, name) {
  const folder = process.env.ATTACHE_PICTURES;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), animations: "disabled", caret: "hide" });
}
