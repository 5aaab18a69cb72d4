// Runs one flow: `node run.mjs session`. In the environment it finds
//   ATTACHE_URL       a running server, started with --allow-private-network 127.0.0.0/8 and without files
//   ATTACHE_TOKEN     a token of it that may do everything
//   ATTACHE_CHROMIUM  the browser's program (default /usr/bin/chromium)
//   ATTACHE_PICTURES  a folder for pictures of the screens; none are kept without it
import { Api } from "./api.mjs";
import { launch, open } from "./browser.mjs";
import { picture } from "./look.mjs";

const name = process.argv[2];
const url = process.env.ATTACHE_URL;
const token = process.env.ATTACHE_TOKEN;
const { default: flow } = await import(`./flows/${name}.mjs`);
const browser = await launch();
const people = [];

/** What a flow is given. */
const given = {
  url,
  token,
  browser,
  api: new Api(url, token),
  /** Another person with a browser of theirs. */
  async person(options = {}) {
    const person = await open(browser, { url, ...options });
    people.push(person);
    return person;
  },
  /** A person who is signed in, on a screen of the dashboard. */
  async signedIn(path = "/", options = {}) {
    const person = await given.person(options);
    await person.context.request.post(new URL("/v1/session", options.at ?? url).href, { data: { token } });
    await person.page.goto(new URL(path, options.at ?? url).href);
    return person;
  },
};

try {
  await flow(given);
  for (const { complaints } of people) complaints.none();
} catch (error) {
  // The rest of what went wrong helps to see why.
  for (const [index, { page, complaints }] of people.entries()) {
    await picture(page, `failed-${name}-${index}`).catch(() => {});
    try {
      complaints.none();
    } catch (more) {
      console.error(more.message);
    }
  }
  console.error(error.stack ?? error);
  process.exitCode = 1;
}
await browser.close();
// What a flow has left open (a server of its own, say) must not keep it from ending.
process.exit();
