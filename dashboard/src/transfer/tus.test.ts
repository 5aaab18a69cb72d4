import { afterEach, beforeEach, expect, it } from "vitest";
import type { Fault } from "./fault";
import type { Goal } from "./goal";
import type { Arrived } from "./sender";
import { tusSender } from "./tus";
import { TusServer } from "./tus.fake";

const text = "0123456789".repeat(10);
type Browser = { virtualConsole: { removeAllListeners(name: string): void } };
let server: TusServer;
beforeEach(async () => {
  server = await TusServer.start();
  // Broken connections are what is tested here; what the browser says of them besides is noise.
  (globalThis as unknown as { jsdom: Browser }).jsdom.virtualConsole.removeAllListeners("jsdomError");
});
afterEach(() => server.stop());

const sender = () => tusSender({
  uploads: `${server.address}/v1/uploads`,
  headers: async () => ({ Authorization: "Bearer t" }),
  file: async (id) => ({ id, name: "a-1.txt" }),
});

interface End {
  arrived?: Arrived;
  fault?: Fault;
  url: string;
  expires: number;
}

/** Sends the text in pieces of 40 bytes, and tells how that ended. */
function send(url = "", goal: Goal = { folder: "/in" }): Promise<End> {
  const file = new File([text], "ä.txt", { type: "text/plain" });
  const stands = { url: "", expires: 0 };
  return new Promise((resolve) => {
    sender().begin({ file, goal, url, key: "k", piece: 40 }, {
      sent: () => {},
      stands: (at, expires) => Object.assign(stands, { url: at, expires }),
      arrived: (arrived) => resolve({ ...stands, arrived }),
      broke: (fault) => resolve({ ...stands, fault }),
    });
  });
}

it("a file arrives in pieces, under the name that the server gave it", async () => {
  const { arrived, url, expires } = await send();
  expect(arrived).toEqual({ id: "f1", name: "a-1.txt" });
  expect(server.bytes.toString()).toBe(text);
  expect(server.asked).toEqual(["POST /v1/uploads", ...Array<string>(3).fill("PATCH /v1/uploads/7")]);
  expect(server.metadata).toEqual({ filename: "ä.txt", filetype: "text/plain", folder: "/in" });
  expect([url, new Date(expires).getUTCFullYear()]).toEqual([`${server.address}/v1/uploads/7`, 2031]);
});

it("after a break it goes on where the server is, and sends no byte twice", async () => {
  server.next = "halved";
  const { fault, url } = await send();
  expect([fault?.kind, server.bytes.length]).toEqual(["broken", 20]);
  expect((await send(url)).arrived?.id).toBe("f1");
  expect(server.bytes.toString()).toBe(text);
});

it("an upload whose last answer was lost has arrived, and is not sent again", async () => {
  server.length = text.length;
  server.bytes = Buffer.from(text);
  expect((await send(`${server.address}/v1/uploads/7`)).arrived?.id).toBe("f1");
  expect(server.asked).toEqual(["HEAD /v1/uploads/7"]);
});

it("a piece whose answer was lost is asked after", async () => {
  server.next = "unanswered";
  const { fault, url } = await send();
  expect([fault?.kind, server.bytes.length]).toEqual(["broken", 40]);
  await send(url);
  expect(server.bytes.toString()).toBe(text);
});

it("an upload that the server has forgotten is not begun again by itself", async () => {
  server.forgotten = true;
  const { fault } = await send(`${server.address}/v1/uploads/7`);
  expect(fault?.kind).toBe("gone");
  expect(server.asked).toEqual(["HEAD /v1/uploads/7"]);
});

it("a server that is away is a break, whatever the upload is at", async () => {
  server.stop();
  expect((await send()).fault?.kind).toBe("broken");
  expect((await send(`${server.address}/v1/uploads/7`)).fault?.kind).toBe("broken");
});

it("a new version names its file and no place", async () => {
  await send("", { file: "f9" });
  expect(server.metadata).toEqual({ filename: "ä.txt", filetype: "text/plain", file: "f9" });
});

it("what is given up is taken off the server", async () => {
  await sender().discard(`${server.address}/v1/uploads/7`);
  expect(server.asked).toEqual(["DELETE /v1/uploads/7"]);
});
