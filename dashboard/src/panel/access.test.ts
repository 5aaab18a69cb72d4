import { afterEach, expect, it, vi } from "vitest";
import { Access, Refusal } from "./access";
import { serve } from "./server.fake";

afterEach(() => vi.unstubAllGlobals());

function access(url = "", patience = 5) {
  const needed = vi.fn();
  return { access: new Access("https://files.example.com", { url: () => url, needed }, patience), needed };
}

it("a token that has ended is renewed once at token-url, and the request made again", async () => {
  const asked = serve({ "GET /v1/panel": { ok: true }, "GET /mint": { token: "good" } });
  const { access: door } = access("/mint");
  door.give("old");
  expect(await door.ask("GET", "/v1/panel")).toEqual({ ok: true });
  expect(asked).toEqual([
    { what: "GET /v1/panel", token: "old" },
    { what: "GET /mint", token: null },
    { what: "GET /v1/panel", token: "good" },
  ]);
});

it("a new token that is refused too is not asked for for ever", async () => {
  const asked = serve({ "GET /mint": { token: "worse" } });
  const { access: door } = access("/mint");
  door.give("old");
  await expect(door.ask("GET", "/v1/panel")).rejects.toMatchObject({ status: 401, word: "ended" });
  expect(asked.length).toBe(3);
});

it("several requests at once get one token", async () => {
  const asked = serve({ "GET /v1/panel": {}, "GET /mint": { token: "good" } });
  const { access: door } = access("/mint");
  await Promise.all([door.ask("GET", "/v1/panel"), door.ask("GET", "/v1/panel"), door.headers()]);
  expect(asked.filter(({ what }) => what === "GET /mint").length).toBe(1);
});

it("without token-url the page is told, and the request waits for the token that it sets", async () => {
  serve({ "GET /v1/panel": { ok: true } });
  const { access: door, needed } = access("", 1000);
  needed.mockImplementation(() => queueMicrotask(() => door.give("good")));
  expect(await door.ask("GET", "/v1/panel")).toEqual({ ok: true });
  expect(needed).toHaveBeenCalledTimes(1);
});

it("a page that sets none is not waited for for ever", async () => {
  serve({});
  const { access: door } = access();
  await expect(door.ask("GET", "/v1/panel")).rejects.toMatchObject({ code: "no_token", word: "no_token" });
});

it("a server that is away is told apart from one that refuses", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("failed")));
  const { access: door } = access();
  door.give("good");
  await expect(door.ask("GET", "/v1/panel")).rejects.toEqual(new Refusal(0, "unreachable", ""));
});
