// The server's own API, for what a flow finds there before it begins and for looking at what came of it.
export class Api {
  constructor(url, token) {
    this.url = url;
    this.token = token;
  }

  /** An answer as JSON (`null` for none); throws with the server's words when it is a refusal. */
  async ask(method, path, { json, body, headers = {} } = {}) {
    const answer = await this.raw(method, path, {
      body: json === undefined ? body : JSON.stringify(json),
      headers: json === undefined ? headers : { "content-type": "application/json", ...headers },
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }

  raw(method, path, { body, headers = {} } = {}) {
    return fetch(new URL(path, this.url), { method, body, headers: { authorization: `Bearer ${this.token}`, ...headers } });
  }

  get(path) {
    return this.ask("GET", path);
  }

  /** Puts a file at a path. */
  put(path, bytes, type = "application/octet-stream") {
    const place = path.split("/").map(encodeURIComponent).join("/");
    return this.ask("PUT", `/v1/files/by-path${place}`, { body: bytes, headers: { "content-type": type } });
  }

  /** Puts a file in and on a record. */
  putOn(record, name, bytes, type = "application/octet-stream") {
    const form = new FormData();
    form.set("file", new Blob([bytes], { type }), name);
    return this.ask("POST", `/v1/records/${record}/files`, { body: form });
  }

  async bytes(path) {
    const answer = await this.raw("GET", path);
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
  }
}

/** Asks until `look` gives something true; a server's work in the background ends when it ends. */
export async function until(look, what, seconds = 120) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`after ${seconds} s still not: ${what}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}
