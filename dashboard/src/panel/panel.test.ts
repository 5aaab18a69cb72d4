import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Board, type Host } from "./board.svelte";
import { boardFor, leave } from "./boards";
import Panel from "./Panel.svelte";
import type { Shown } from "./record";
import { type Answers, type Asked, Refused, serve, shown } from "./server.fake";
import { tongue } from "./words";

const room = (...scopes: string[]) => ({ record: "contact/42", scopes, expires_at: "2027-01-01T00:00:00Z" });
const all = room("files:read", "files:write", "files:delete");
const lease = shown("f1", "lease.pdf", 2);
const basic: Answers = {
  "GET /v1/panel": all,
  "GET /v1/panel/files": { items: [lease, shown("f2", "scan.pdf")], next_cursor: null },
  "GET /v1/panel/files/f1/versions": {
    items: [2, 1].map((no) => ({ no, size: 10, created_at: "2026-01-01T00:00:00Z", content_url: `https://files.example.com/signed/v${no}` })),
  },
};

let end = () => {};
beforeEach(() => localStorage.clear());
afterEach(() => {
  end();
  end = () => {};
  vi.unstubAllGlobals();
});

const host = (failed: string[] = []): Host => ({ url: () => "", needed: () => {}, uploaded: () => {}, failed: (_, code) => failed.push(code) });

/** Shows a panel, and lets everything that it asks for come. */
async function show(answers: Answers, lang = "en"): Promise<{ board: Board; asked: Asked[]; failed: string[] }> {
  const asked = serve(answers);
  const failed: string[] = [];
  const board = new Board("https://files.example.com", "contact/42", host(failed));
  board.access.give("good");
  const panel = mount(Panel, { target: document.body, props: { board, record: "contact/42", tongue: tongue(lang) } });
  end = () => {
    void unmount(panel);
    board.close();
    document.body.replaceChildren();
  };
  await settle();
  return { board, asked, failed };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setTimeout(resolve));
  flushSync();
}

const text = () => document.body.textContent?.replace(/\s+/g, " ").trim() ?? "";
const named = (name: string | RegExp) => {
  const found = [...document.querySelectorAll<HTMLElement>("button, a, [role=tab]")].find((element) => {
    const label = element.getAttribute("aria-label") ?? element.textContent?.trim() ?? "";
    return typeof name === "string" ? label === name : name.test(label);
  });
  return found ?? null;
};
async function press(name: string | RegExp): Promise<void> {
  named(name)!.click();
  await settle();
}

describe("the panel", () => {
  it("shows the record's files, with the number of a file's version where there are several", async () => {
    await show(basic);
    expect(text()).toContain("lease.pdf");
    expect(text()).toContain("2.5 kB");
    expect([...document.querySelectorAll(".badge")].map((badge) => badge.textContent)).toEqual(["v2"]);
  });

  it("looks at one file closely, with links to it and to its older versions, and comes back to it", async () => {
    await show(basic);
    await press(/lease.pdf/);
    expect(document.activeElement?.textContent).toBe("lease.pdf");
    expect(named("Open")?.getAttribute("href")).toBe("https://files.example.com/signed/f1");
    expect(named("Open: Version 1")?.getAttribute("href")).toBe("https://files.example.com/signed/v1");
    await press("Back to the files");
    expect((document.activeElement as HTMLElement).dataset.file).toBe("f1");
    await press(/scan.pdf/);
    document.activeElement!.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    await settle();
    expect((document.activeElement as HTMLElement).dataset.file).toBe("f2");
  });

  it("saves a file under its name, with the panel's own access", async () => {
    const saved: string[] = [];
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
      saved.push(`${this.download} ${this.href}`);
    });
    vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: () => "blob:x" }));
    const { asked } = await show({ ...basic, "GET /v1/panel/files/f1/content": new Response("pdf") });
    await press(/lease.pdf/);
    await press("Download");
    expect(saved).toEqual(["lease.pdf blob:x"]);
    expect(asked.at(-1)).toEqual({ what: "GET /v1/panel/files/f1/content?version=2", token: "good" });
    vi.restoreAllMocks();
  });

  it("gives no address of a sensitive file away that would not open", async () => {
    const secret = { ...(lease as Shown), content_url: "https://files.example.com/v1/panel/files/f1/content" };
    await show({ ...basic, "GET /v1/panel/files": { items: [secret] } });
    await press(/lease.pdf/);
    expect([named("Open"), named("Download")].map(Boolean)).toEqual([false, true]);
  });

  it("takes a file off the record only after asking", async () => {
    const { asked } = await show({ ...basic, "DELETE /v1/panel/files/f1": null });
    await press(/lease.pdf/);
    await press("Take off this record");
    expect(asked.some(({ what }) => what.startsWith("DELETE"))).toBe(false);
    document.querySelector<HTMLElement>(".sure .danger")!.click();
    await settle();
    expect(asked.at(-1)?.what).toBe("DELETE /v1/panel/files/f1");
    expect(text()).not.toContain("lease.pdf 2.5");
    expect(document.querySelector('[role="status"]')?.textContent).toBe("lease.pdf was taken off the record");
  });

  it("offers nothing that the token may not do", async () => {
    await show({ ...basic, "GET /v1/panel": room("files:read") });
    expect(named("Upload")).toBeNull();
    await press(/lease.pdf/);
    expect([named("Upload new version"), named("Take off this record"), named("Move to trash")]).toEqual([null, null, null]);
  });

  it("shows a comment and its files as one item", async () => {
    const files = [{ id: "f1", no: 1, name: "lease.pdf", deleted: false }, { id: "f9", no: 9, name: "old.pdf", deleted: true }];
    await show({ ...basic, "GET /v1/panel/feed": { items: [{ note_no: 5, author: 1, at: "2026-01-02T03:04:05Z", text: "Please sign", files }] } });
    await press("Comments");
    const items = document.querySelectorAll(".feed li");
    expect(items.length).toBe(1);
    expect(items[0]!.textContent?.replace(/\s+/g, " ")).toContain("Please sign lease.pdf");
    expect(items[0]!.textContent).toContain("deleted");
    expect(items[0]!.querySelectorAll("button").length).toBe(1);
  });

  it("says that there is nothing, and reads further pages when asked", async () => {
    await show({ ...basic, "GET /v1/panel/files": { items: [] } });
    expect(text()).toContain("No files yet");
    end();
    const page = (query: URLSearchParams) =>
      query.get("cursor") === "c2" ? { items: [shown("f3", "third.pdf")] } : { items: [lease], next_cursor: "c2" };
    await show({ ...basic, "GET /v1/panel/files": page });
    await press("Show more");
    expect(document.querySelectorAll(".file").length).toBe(2);
    expect(named("Show more")).toBeNull();
  });

  it("says why it shows nothing, tells the page, and tries again", async () => {
    const answers: Answers = { ...basic, "GET /v1/panel/files": new Refused(403, "missing_scope", "The token lacks the scope.") };
    const { failed } = await show(answers);
    expect(text()).toContain("The token lacks the scope.");
    expect(failed).toEqual(["missing_scope"]);
    answers["GET /v1/panel/files"] = { items: [lease] };
    await press("Try again");
    expect(text()).toContain("lease.pdf");
  });

  it("speaks another language, and English where it does not know one", async () => {
    await show({ ...basic, "GET /v1/panel/files": { items: [] } }, "de-AT");
    expect(text()).toContain("Noch keine Dateien");
    expect(tongue("tlh").say("files")).toBe("Files");
  });
});

it("a board that is at work when its element goes is found again by the next one, and ends when it is done", async () => {
  serve(basic);
  const at = ["https://files.example.com", "contact/42"] as const;
  const first = boardFor(...at, host());
  leave(first, at[1]);
  const second = boardFor(...at, host());
  expect(second).not.toBe(first);
  second.queue.add([{ file: new File(["x"], "a"), folder: "" }], {});
  leave(second, at[1]);
  const next = host();
  expect(boardFor(...at, next)).toBe(second);
  expect(second.host).toBe(next);
  leave(second, at[1]);
  second.queue.cancelAll();
  await vi.waitUntil(() => {
    const fresh = boardFor(...at, host());
    leave(fresh, at[1]);
    return fresh !== second;
  });
});
