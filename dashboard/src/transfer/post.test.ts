import { afterEach, expect, it, vi } from "vitest";
import type { Goal } from "./goal";
import { SMALL, postSender } from "./post";
import type { Sender } from "./sender";
import { file } from "./world.fake";

afterEach(() => vi.unstubAllGlobals());

/** What became of a file, and what was asked for it. */
async function send(one: File, goal: Goal, answer: Response) {
  const asked: { url: string; headers: Headers }[] = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    asked.push({ url, headers: new Headers(init.headers) });
    return answer;
  });
  let others = 0;
  const other: Sender = { begin: () => (others++, { stop: () => {} }), discard: async () => {} };
  const told = await new Promise<unknown>((resolve) => {
    const watch = { sent: () => {}, stands: () => {}, arrived: resolve, broke: resolve };
    postSender(other).begin({ file: one, goal, url: "", key: "k1", piece: 1 }, watch);
    if (others > 0) resolve("by the other way");
  });
  return { told, asked };
}

it("a small file goes in one request, whose key lets it be repeated", async () => {
  const arrived = { id: "f1", name: "a-1.txt" };
  const { told, asked } = await send(file("a b.txt", 3), { folder: "/in", record: "deal/7" }, Response.json(arrived));
  expect(told).toEqual(arrived);
  expect(asked.map(({ url }) => url)).toEqual(["/v1/files?name=a+b.txt&folder=%2Fin&record=deal%2F7&on_conflict=number"]);
  expect(asked[0]!.headers.get("idempotency-key")).toBe("k1");
});

it("larger files, and new versions, go the other way", async () => {
  expect((await send(file("a", SMALL), {}, Response.json({}))).asked.length).toBe(1);
  expect((await send(file("a", SMALL + 1), {}, Response.json({}))).told).toBe("by the other way");
  expect((await send(file("a", 1), { file: "f1" }, Response.json({}))).told).toBe("by the other way");
});

it("a refusal is told with the server's words", async () => {
  const problem = { code: "name_invalid", title: "", detail: "", errors: [{ detail: "it must not hold a slash" }] };
  const { told } = await send(file("a", 1), {}, Response.json(problem, { status: 422 }));
  expect(told).toMatchObject({ kind: "refused", words: "It must not hold a slash." });
});
