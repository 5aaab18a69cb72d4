// A small tus server for tests. It counts what it gets, and can lose connections on purpose.
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** See the module's head. */
export class TusServer {
  /** What was asked, as method and path. */
  asked: string[] = [];
  metadata: Record<string, string> = {};
  bytes = Buffer.alloc(0);
  length = 0;
  /** Whether the upload is forgotten. */
  forgotten = false;
  /** Whether the next PATCH is taken in and then not answered; or half of it is, and the connection breaks. */
  next: "fine" | "unanswered" | "halved" = "fine";
  address = "";
  #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(): Promise<TusServer> {
    const server = new TusServer();
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    server.address = `http://127.0.0.1:${(server.#server.address() as AddressInfo).port}`;
    return server;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [method, path] = [request.method ?? "", request.url ?? ""];
    const body = await whole(request);
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Access-Control-Allow-Headers", request.headers["access-control-request-headers"] ?? "");
    response.setHeader("Access-Control-Allow-Methods", "POST, HEAD, PATCH, DELETE");
    response.setHeader("Access-Control-Expose-Headers", "Location, Upload-Offset, Upload-Length, Upload-Expires, Attache-File");
    if (method === "OPTIONS") return void response.end();
    this.asked.push(`${method} ${path}`);
    if (this.forgotten && path !== "/v1/uploads") return void response.writeHead(404).end();
    if (method === "POST") this.#open(request);
    if (method === "PATCH" && !this.#take(body, response)) return;
    this.#tell(method, response);
  }

  #open(request: IncomingMessage): void {
    this.length = Number(request.headers["upload-length"]);
    this.bytes = Buffer.alloc(0);
    this.forgotten = false;
    const pairs = String(request.headers["upload-metadata"]).split(",").map((pair) => pair.split(" "));
    this.metadata = Object.fromEntries(pairs.map(([key, value]) => [key, Buffer.from(value ?? "", "base64").toString()]));
  }

  /** False where nobody hears of it. */
  #take(body: Buffer, response: ServerResponse): boolean {
    const { next } = this;
    this.next = "fine";
    this.bytes = Buffer.concat([this.bytes, next === "halved" ? body.subarray(0, body.length / 2) : body]);
    if (next !== "fine") response.destroy();
    return next === "fine";
  }

  #tell(method: string, response: ServerResponse): void {
    // The server may know itself by another name than the page does.
    if (method === "POST") response.setHeader("Location", "https://elsewhere.example/v1/uploads/7");
    response.setHeader("Upload-Offset", this.bytes.length);
    response.setHeader("Upload-Length", this.length);
    response.setHeader("Upload-Expires", "Wed, 25 Jun 2031 16:00:00 GMT");
    if (this.bytes.length === this.length) response.setHeader("Attache-File", "f1");
    response.writeHead(method === "POST" ? 201 : method === "HEAD" ? 200 : 204).end();
  }
}

async function whole(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
