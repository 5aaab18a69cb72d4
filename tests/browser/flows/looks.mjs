// Every screen with something on it, wide and narrow, light and dark: everybody can use it, it fits its window, and a picture
// of it is kept. With ATTACHE_DOCS_PICTURES, those of the documentation are written into that folder, too.
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { SIZES } from "../browser.mjs";
import { accessible, fits, picture, settled } from "../look.mjs";
import { CSV, film, MARKDOWN, pdf, png, TEXT, wav } from "../media.mjs";
import { Receiver } from "../receiver.mjs";

const DOCS = ["grid-wide-light", "file-wide-dark", "record-wide-light", "intakes-wide-light", "grid-narrow-dark"];

/** What a small firm may have. */
async function furnish(api, browser, receiver) {
  const put = (path, bytes, type) => api.put(path, bytes, type);
  for (const [name, hue] of [["harbour", 205], ["hills", 130], ["dusk", 265], ["desert", 25], ["autumn", 12], ["lagoon", 175]]) {
    await put(`/Site visits/${name}.png`, await png(browser, hue, 960, 640), "image/png");
  }
  for (const customer of ["Acme", "Blue Green", "Cedar & Sons"]) await put(`/Contracts/${customer}/lease.pdf`, pdf(`Lease of ${customer}`), "application/pdf");
  await put("/invoices.csv", CSV, "text/csv");
  await put("/onboarding.md", MARKDOWN, "text/markdown");
  await put("/minutes.txt", TEXT, "text/plain");
  await put("/voice mail.wav", wav(), "audio/wav");
  await put("/walk-through.webm", film, "video/webm");
  const plan = await put("/floor plan.png", await png(browser, 40), "image/png");
  const passport = await api.putOn("contact/42", "passport.pdf", pdf("Passport"), "application/pdf");
  await api.ask("PUT", `/v1/files/${passport.id}/content`, { body: pdf("Passport", "second page"), headers: { "content-type": "application/pdf" } });
  for (const file of [plan, await api.get("/v1/files/by-path/Site%20visits/harbour.png")]) {
    await api.ask("PUT", `/v1/records/contact/42/files/${file.id}`, { json: {} });
    await api.ask("PUT", `/v1/records/deal/7/files/${file.id}`, { json: {} });
  }
  await api.ask("POST", `/v1/files/${plan.id}/links`, { json: { expires_in: 86_400 } });
  const draft = await put("/draft.txt", "a draft", "text/plain");
  await api.ask("DELETE", `/v1/files/${draft.id}`);
  await api.ask("POST", "/v1/tokens", { json: { name: "CRM", scopes: ["files:read", "files:write"], expires_in: 30 * 86_400 } });
  await api.ask("POST", "/v1/imports", { json: { url: receiver.url, name: "report.txt" } });
  for (const [record, title] of [["contact/42", "Your passport, please"], ["deal/7", "The signed offer"]]) {
    await api.ask("POST", "/v1/intakes", { json: { record, title, file_name: "{record}-passport", types: ["image/*", "application/pdf"] } });
  }
  await api.ask("POST", "/v1/webhooks", { json: { url: receiver.url, name: "CRM", kinds: ["intake.received", "file.linked"] } });
  return passport;
}

export default async function ({ api, browser, signedIn, person, url }) {
  const receiver = await new Receiver().start();
  const passport = await furnish(api, browser, receiver);
  const screens = {
    files: "/", folder: "/files/Site%20visits", file: `/file/${(await api.get("/v1/files/by-path/Site%20visits/harbour.png")).id}`,
    versions: `/file/${passport.id}`, search: "/search?q=lease", records: "/records", record: "/record/contact/42",
    feed: "/record/contact/42?tab=feed", trash: "/trash", links: "/links", tokens: "/tokens", tasks: "/tasks", events: "/events",
    usage: "/usage", intakes: "/intakes", webhooks: "/webhooks", licences: "/licences",
  };
  for (const [width, size] of Object.entries(SIZES)) {
    for (const theme of ["light", "dark"]) {
      const look = async (page, name) => {
        const full = `${name}-${width}-${theme}`;
        await picture(page, full);
        await accessible(page, full);
        await fits(page, full);
        const docs = process.env.ATTACHE_DOCS_PICTURES;
        if (docs && DOCS.includes(full)) copyFileSync(join(process.env.ATTACHE_PICTURES, `${full}.png`), join(docs, `${name}-${width}.png`));
      };
      const out = await person({ size, theme });
      await out.page.goto(url);
      await out.page.getByLabel("Token").waitFor();
      await look(out.page, "sign-in");
      await out.context.close();

      const { page, context } = await signedIn("/", { size, theme });
      for (const [name, path] of Object.entries(screens)) {
        await page.goto(new URL(path, url).href);
        await settled(page);
        await look(page, name);
      }
      await page.goto(new URL("/files/Site%20visits", url).href);
      await page.getByRole("button", { name: "Grid", exact: true }).click();
      await page.getByRole("listbox").waitFor();
      // Where there is room, the details of what is chosen stand beside the list.
      await page.getByRole("option", { name: /harbour/ }).click();
      await settled(page);
      await look(page, "grid");
      await context.close();
    }
  }
  receiver.stop();
}
