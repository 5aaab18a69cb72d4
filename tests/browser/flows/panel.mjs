import assert from "node:assert/strict";
import { createServer } from "node:http";
import { accessible, picture } from "../look.mjs";
import { until } from "../api.mjs";

/** The page of a CRM, on an origin of its own. */
async function crm(pages) {
  const server = createServer((request, response) => {
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(`<!doctype html><html lang="en"><title>CRM</title><main><h1>Jo Doe</h1>${pages[request.url] ?? ""}</main></html>`);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { origin: `http://127.0.0.1:${server.address().port}`, pages, stop: () => server.close() };
}

export default async function ({ url, api, person }) {
  await api.putOn("contact/42", "passport.txt", "a passport");
  await api.putOn("contact/43", "other.txt", "another contact's");
  const token = async (json) => (await api.ask("POST", "/v1/panel-tokens", { json: { record: "contact/42", ...json } })).token;
  const host = await crm({});
  const scopes = ["files:read", "files:write", "files:delete"];
  host.pages["/element"] = `<script type="module" src="${url}/panel.js"></script>
    <attache-files record="contact/42" token="${await token({ scopes })}" server="${url}"></attache-files>`;
  host.pages["/frame"] = `<iframe title="Files" width="700" height="500"
    src="${url}/panel?record=contact%2F42&account=1#token=${await token({ scopes })}"></iframe>`;

  const { page, complaints } = await person({ also: [host.origin] });
  await page.goto(`${host.origin}/element`);
  const panel = page.getByRole("region", { name: /contact\/42/ });
  await panel.getByText("passport.txt").waitFor();
  await accessible(page, "the panel");
  await picture(page, "panel-element");
  assert.equal(await page.getByText("other.txt").count(), 0);
  const chooser = page.waitForEvent("filechooser");
  await panel.getByRole("button", { name: "Upload" }).click();
  await (await chooser).setFiles([{ name: "visa.txt", mimeType: "text/plain", buffer: Buffer.from("a visa") }]);
  await until(async () => (await api.get("/v1/records/contact/42/files")).items.length === 2, "the upload is on the record");
  await panel.getByRole("button", { name: /^visa\.txt/ }).click();
  await accessible(page, "a file in the panel");
  await page.keyboard.press("Escape");

  // In a frame only where the account lets that page frame it.
  complaints.expect(/frame-ancestors|ERR_BLOCKED_BY_RESPONSE|refused to connect|Framing/i);
  await page.goto(`${host.origin}/frame`);
  await page.waitForLoadState("networkidle");
  assert.equal(await page.frameLocator("iframe").getByText("passport.txt").count(), 0);
  await api.ask("PATCH", "/v1/account", { json: { panel_origins: [host.origin] } });
  await page.goto(`${host.origin}/frame`);
  const frame = page.frameLocator("iframe");
  await frame.getByText("passport.txt").waitFor();
  await picture(page, "panel-frame");
  host.stop();
}
