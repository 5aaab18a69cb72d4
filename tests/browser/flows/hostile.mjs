import assert from "node:assert/strict";
import { createServer } from "node:http";

/** Files that would run in a browser that let them. Each tries to rename the page, to use the session, and to ask outside. */
function hostile(canary) {
  const run = `document.title="owned";top.document.title="owned";fetch("/v1/tokens",{method:"POST",headers:{"X-Attache-Session":"1","content-type":"application/json"},body:'{"scopes":["files:read"],"name":"owned"}'});new Image().src="${canary}/script"`;
  const page = `<!doctype html><html><body onload='${run}'><script>${run}</script><img src="${canary}/img"><iframe src="${canary}/frame"></iframe><a href="javascript:${encodeURIComponent(run)}">x</a></body></html>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="90" height="90" onload='${run.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}'><script>${run}</script><image href="${canary}/svg"/><foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="${canary}/foreign"/></foreignObject><rect width="90" height="90"/></svg>`;
  return {
    "page.html": [page, "text/html"],
    "page.xhtml": [page.replace("<html>", '<html xmlns="http://www.w3.org/1999/xhtml">'), "application/xhtml+xml"],
    "drawing.svg": [svg, "image/svg+xml"],
    "style.xml": [`<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="${canary}/xsl"?><html xmlns="http://www.w3.org/1999/xhtml"><script>${run}</script></html>`, "application/xml"],
    "polyglot.gif": [`GIF89a/*${"\0".repeat(10)}*/=1;${page}`, "image/gif"],
    "polyglot.pdf": [`%PDF-1.7\n${page}`, "application/pdf"],
    "script.js": [run, "text/javascript"],
    "text.txt": [page, "text/plain"],
    "table.csv": [`name,link\n"=HYPERLINK(""${canary}/csv"")","<img src=${canary}/csv onerror='${run.replaceAll('"', '""')}'>"\n`, "text/csv"],
    "prose.md": [`# Hello\n\n<script>${run}</script>\n<img src="${canary}/md" onerror='${run}'>\n\n[x](javascript:${encodeURIComponent(run)}) ![y](${canary}/mdimage)\n`, "text/markdown"],
  };
}

/** Opens an address as a person who pastes it: in a tab of its own, with the session. */
async function open(context, address, name) {
  const tab = await context.newPage();
  tab.on("dialog", () => assert.fail(`${name} opened a dialog`));
  // A download ends the navigation; nothing can run then.
  await tab.goto(address).catch((error) => assert.match(error.message, /Download is starting|ERR_ABORTED/));
  // Whatever runs has asked for something by now.
  await tab.waitForLoadState("networkidle");
  assert.notEqual(await tab.title(), "owned", `${name} at ${address}`);
  await tab.close();
}

export default async function ({ url, api, signedIn }) {
  const asked = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    response.setHeader("access-control-allow-origin", "*").end("");
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const canary = `http://127.0.0.1:${server.address().port}`;
  const { page, context, complaints } = await signedIn("/");
  // That a policy refuses something is what we want here. Whether anything got through, the canary tells.
  complaints.expect(/Content Security Policy|sandbox|blocked|MIME|parser|PDF/i);
  complaints.expect(/\/preview: .*status of 422/);
  // Contents have no picture for the tab.
  complaints.expect(/favicon\.ico/);
  const tokens = (await api.get("/v1/tokens")).items.length;

  for (const [name, [content, type]] of Object.entries(hostile(canary))) {
    const file = await api.put(`/${name}`, content, type);
    await page.goto(new URL(`/file/${file.id}`, url).href);
    await page.getByRole("heading", { level: 1, name }).waitFor();
    await page.waitForLoadState("networkidle");
    assert.match(await page.title(), /Attache$/, name);

    const { url: signed } = await api.ask("POST", `/v1/files/${file.id}/links`, { json: {} });
    await api.ask("PATCH", `/v1/files/${file.id}`, { json: { access: "public_not_indexable" } });
    const addresses = [file.content_url, file.version.content_url, signed, `/hubfs/1/${name}`, `/v1/files/${file.id}/preview`];
    await Promise.all(addresses.map((address) => open(context, new URL(address, url).href, name)));
  }
  assert.deepEqual(asked, []);
  assert.equal((await api.get("/v1/tokens")).items.length, tokens);
  server.close();
}
