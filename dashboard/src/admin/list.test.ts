import { afterEach, describe, expect, it, vi } from "vitest";
import { List } from "./list.svelte";

/** Answers the requests one after another, with JSON or a refusal; what was asked is kept. */
function server(...answers: (object | number)[]): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path);
    const answer = answers.shift() ?? 500;
    return typeof answer === "number" ? new Response("", { status: answer }) : Response.json(answer);
  });
  return asked;
}

afterEach(() => vi.unstubAllGlobals());

describe("a list", () => {
  it("goes on where the page before ended, with the same question", async () => {
    const asked = server({ items: [1, 2], next_cursor: "c" }, { items: [3] });
    const list = new List<number>("/v1/tasks", () => ({ state: "done" }));
    await list.load();
    expect([list.state, list.items, list.hasMore]).toEqual(["ready", [1, 2], true]);
    await list.more();
    expect([list.items, list.hasMore]).toEqual([[1, 2, 3], false]);
    expect(asked).toEqual(["/v1/tasks?state=done", "/v1/tasks?state=done&cursor=c"]);
  });

  it("says what failed, and can be tried again", async () => {
    server(503, { items: [1] });
    const list = new List<number>("/v1/tasks");
    await list.load();
    expect([list.state, (list.problem as { status: number } | null)?.status]).toEqual(["failed", 503]);
    await list.load();
    expect([list.state, list.problem, list.items]).toEqual(["ready", null, [1]]);
  });

  it("shows the answer to the newest question, whenever the older one's comes", async () => {
    const open: ((answer: Response) => void)[] = [];
    vi.stubGlobal("fetch", () => new Promise((done) => open.push(done)));
    const list = new List<string>("/v1/tasks");
    const [first, second] = [list.load(), list.load()];
    open[1]?.(Response.json({ items: ["new"] }));
    open[0]?.(Response.json({ items: ["old"] }));
    await Promise.all([first, second]);
    expect(list.items).toEqual(["new"]);
  });

  it("stays as it is while somebody reads further pages", async () => {
    const asked = server({ items: [1], next_cursor: "c" }, { items: [1], next_cursor: "c" }, { items: [2] });
    const list = new List<number>("/v1/tasks");
    await list.load();
    await list.again();
    await list.more();
    await list.again();
    expect([list.items, asked.length]).toEqual([[1, 2], 3]);
  });
});
