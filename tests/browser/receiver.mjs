// Another application that hears of events: it keeps what it was sent, checked by the rules of Standard Webhooks.
import { createHmac } from "node:crypto";
import { createServer } from "node:http";

export class Receiver {
  /** What came, oldest first: `{ kind, record, signed }`. */
  heard = [];
  /** The status that it answers with. */
  status = 204;
  /** What it checks signatures with. */
  secret = "";
  #server = createServer((request, response) => void this.#take(request, response));

  async start() {
    await new Promise((done) => this.#server.listen(0, "127.0.0.1", done));
    this.url = `http://127.0.0.1:${this.#server.address().port}/hooks`;
    return this;
  }

  stop() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #take(request, response) {
    // It is also a place that files can be imported from.
    if (request.method === "GET") return void response.end("a report");
    let body = "";
    for await (const block of request) body += block;
    const { type, data } = JSON.parse(body);
    this.heard.push({ kind: type, record: data?.record ?? null, signed: this.#signed(request.headers, body) });
    response.writeHead(this.status).end();
  }

  #signed(headers, body) {
    const key = Buffer.from(this.secret.replace(/^whsec_/, ""), "base64");
    const text = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
    const signature = `v1,${createHmac("sha256", key).update(text).digest("base64")}`;
    return (headers["webhook-signature"] ?? "").split(" ").includes(signature);
  }
}
