// A browser as a person has it, and what must not happen in it: an error in the console, something that the page's
// policy refused, a request to anybody but the server.
import { chromium } from "playwright-core";

/** The sizes that every screen is looked at in. */
export const SIZES = { wide: { width: 1280, height: 800 }, narrow: { width: 360, height: 740 } };

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

export async function launch() {
  return chromium.launch({ executablePath: process.env.ATTACHE_CHROMIUM ?? "/usr/bin/chromium", args: FLAGS, timeout: 120_000 });
}

/** Opens a person's browser: cookies of its own, one page. `complaints` gathers what must not happen. */
export async function open(browser, { url, size = SIZES.wide, theme = "light", script = true, also = [] }) {
  const context = await browser.newContext({
    viewport: size,
    colorScheme: theme,
    javaScriptEnabled: script,
    acceptDownloads: true,
    reducedMotion: "reduce",
    timezoneId: "UTC",
    locale: "en-GB",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  // Only a page that does wrong takes so long; a machine with much else to do may be slow.
  context.setDefaultTimeout(60_000);
  const complaints = new Complaints([new URL(url).origin, ...also]);
  complaints.watch(context);
  await context.addInitScript(keepMessages);
  const page = await context.newPage();
  return { context, page, complaints };
}

/** Runs in every page. What it says at its bottom goes after some seconds, however busy the machine is; this keeps it. */
function keepMessages() {
  window.messages = [];
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) {
        if (node.parentElement?.closest('[role="status"][aria-label="Messages"]')) window.messages.push(node.textContent);
      }
    }
  }).observe(document, { childList: true, subtree: true });
}

/** What went wrong in the pages of a context. A flow that provokes something says so before. */
class Complaints {
  #heard = [];
  #expected = [];
  #origins;

  constructor(origins) {
    // Nobody is signed in when the first page opens, and asking who is there is answered with 401.
    this.#expected.push(/\/v1\/(session|account): .*status of 401/);
    this.#origins = origins;
  }

  /** What a flow provokes on purpose. */
  expect(pattern) {
    this.#expected.push(pattern);
  }

  watch(context) {
    context.on("weberror", (error) => this.#hear(`uncaught: ${error.error().stack ?? error.error()}`));
    context.on("console", (message) => {
      // Chromium tells of a refusal by the policy as an error, too.
      if (message.type() === "error") this.#hear(`${message.location().url}: ${message.text()}`);
    });
    context.on("request", (request) => {
      const asked = new URL(request.url());
      if (asked.protocol.startsWith("http") && !this.#origins.includes(asked.origin)) this.#hear(`asked ${asked.href}`);
    });
  }

  #hear(text) {
    this.#heard.push(text);
  }

  /** Throws when there was any. */
  none() {
    const unexpected = this.#heard.filter((text) => !this.#expected.some((pattern) => pattern.test(text)));
    if (unexpected.length) throw new Error(`the browser complained:\n  ${unexpected.join("\n  ")}`);
  }
}
