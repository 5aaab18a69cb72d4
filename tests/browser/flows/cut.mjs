import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { Door } from "../door.mjs";
import { accessible } from "../look.mjs";
import { noise } from "../media.mjs";
import { docked, drop, onDisk } from "../steps.mjs";

const LENGTH = 12_000_000;

export default async function ({ url, api, signedIn }) {
  const [cut, held] = [noise(LENGTH, 7), noise(LENGTH, 8)];
  const disk = onDisk({ "cut.bin": cut, "held.bin": held });
  const door = await new Door(url).start();
  const { page, context, complaints } = await signedIn("/", { at: door.url, also: [door.url] });
  complaints.expect(/net::ERR_/);
  // Who goes on after a cut may be behind what the server has: it says so, and one goes on from there.
  complaints.expect(/uploads.*status of 409/);
  const content = page.getByRole("region", { name: "Content of the folder" });
  const dock = page.getByRole("region", { name: "Uploads" });

  // The connection breaks in the middle, and nothing gets through for a while.
  door.slamAfter = 4_000_000;
  await drop(page, content, [join(disk, "cut.bin")]);
  await dock.getByRole("button", { name: "Try cut.bin again now" }).waitFor();
  assert.equal(door.slams, 1);
  await accessible(page, "an upload that rests");
  door.open();
  // The next try comes by itself.
  await docked(page, "1 file uploaded");
  assert.deepEqual(await api.bytes((await api.get("/v1/files/by-path/cut.bin")).content_url), cut);
  await dock.getByRole("button", { name: "Close uploads" }).click();

  // A slow line leaves time to pause.
  const debug = await context.newCDPSession(page);
  const network = (bytes) =>
    debug.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: bytes });
  await network(300_000);
  await drop(page, content, [join(disk, "held.bin")]);
  await dock.getByRole("button", { name: "Pause held.bin" }).click();
  await dock.getByText(/Paused at/).waitFor();
  await accessible(page, "a paused upload");
  assert.equal((await api.raw("GET", "/v1/files/by-path/held.bin")).status, 404);
  await network(-1);
  await dock.getByRole("button", { name: "Resume held.bin" }).click();
  await context.setOffline(true);
  await page.getByText("You are offline").waitFor();
  await context.setOffline(false);
  await docked(page, "1 file uploaded");
  assert.deepEqual(await api.bytes((await api.get("/v1/files/by-path/held.bin")).content_url), held);
  door.stop();
  rmSync(disk, { recursive: true });
}
