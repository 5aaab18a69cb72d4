import { afterEach, describe, expect, it, vi } from "vitest";
import { address, api, onSignedOut, pages, Problem } from "./client";

function answer(status: number, body?: unknown): Response {
  return new Response(body === undefined ? null : JSON.stringify(body), { status });
}

function server(...answers: Response[]) {
  const fetch = vi.fn(async (_path: string, _init: RequestInit) => answers.shift() ?? answer(500));
  vi.stubGlobal("fetch", fetch);
  return fetch;
}

afterEach(() => vi.unstubAllGlobals());

describe("a request", () => {
  it("carries the session's header and its JSON", async () => {
    const fetch = server(answer(200, { id: "1" }));
    expect(await api.post("/v1/folders", { json: { name: "a" } })).toEqual({ id: "1" });
    const [path, init] = fetch.mock.calls[0] ?? [];
    expect([path, init?.method, init?.body]).toEqual(["/v1/folders", "POST", '{"name":"a"}']);
    expect(init?.headers).toMatchObject({ "X-Attache-Session": "1", "Content-Type": "application/json" });
  });

  it("leaves empty parameters out and repeats those of a list", () => {
    expect(address("/v1/files", { name: "", kind: ["image", "audio"], limit: 5, cursor: null })).toBe("/v1/files?kind=image&kind=audio&limit=5");
    expect(address("/v1/files", {})).toBe("/v1/files");
  });

  it("answers nothing for 204", async () => {
    server(answer(204));
    expect(await api.delete("/v1/links/1")).toBeUndefined();
  });
});

describe("a refusal", () => {
  it("is a problem in the server's words, with the place of the mistake", async () => {
    const said = { code: "name_taken", title: "The name is taken", detail: "There is a.txt.", status: 409, errors: [{ pointer: "#/name", detail: "taken" }] };
    server(answer(409, said));
    const problem = (await api.get("/v1/files").catch((thrown) => thrown)) as Problem;
    expect([problem.status, problem.code, problem.message, problem.at("name"), problem.at("size")]).toEqual([
      409, "name_taken", "There is a.txt.", "taken", undefined,
    ]);
  });

  it("is a problem too where something else than the server answers", async () => {
    vi.stubGlobal("fetch", async () => new Response("<h1>Bad gateway</h1>", { status: 502 }));
    await expect(api.get("/v1/files")).rejects.toMatchObject({ status: 502, code: "unknown" });
  });

  it("says that nobody answers where the connection fails", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("failed")));
    await expect(api.get("/v1/files")).rejects.toMatchObject({ status: 0, code: "unreachable" });
  });

  it("of a session that ended is told to those who listen, until they stop", async () => {
    const hear = vi.fn();
    const stop = onSignedOut(hear);
    server(answer(401, { code: "unauthorized" }), answer(401, { code: "unauthorized" }));
    await api.get("/v1/account").catch(() => undefined);
    stop();
    await api.get("/v1/account").catch(() => undefined);
    expect(hear).toHaveBeenCalledTimes(1);
  });
});

describe("pages", () => {
  it("follow each other by their cursors, with the same parameters", async () => {
    const fetch = server(answer(200, { items: [1, 2], next_cursor: "c" }), answer(200, { items: [3] }));
    const seen: number[] = [];
    for await (const items of pages<number>("/v1/files", { query: { kind: "image" } })) seen.push(...items);
    expect(seen).toEqual([1, 2, 3]);
    expect(fetch.mock.calls.map(([path]) => path)).toEqual(["/v1/files?kind=image", "/v1/files?kind=image&cursor=c"]);
  });
});
