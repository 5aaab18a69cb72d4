import { expect, it } from "vitest";
import { nodesOf } from "./markdown";

function shown(text: string): HTMLElement {
  const room = document.createElement("div");
  room.append(nodesOf(text));
  return room;
}

it("makes the elements that Markdown has words for", () => {
  const room = shown("# Lease\n\nA **bold** word.\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```sh\nls -l\n```");
  expect(room.querySelector("h2")?.textContent).toBe("Lease");
  expect(room.querySelector("strong")?.textContent).toBe("bold");
  expect([...room.querySelectorAll("li")].map((item) => item.textContent)).toEqual(["one", "two"]);
  expect([...room.querySelectorAll("td")].map((cell) => cell.textContent)).toEqual(["1", "2"]);
  expect(room.querySelector("pre code")?.textContent).toBe("ls -l\n");
});

it("shows HTML in the text as the text that it is", () => {
  const room = shown("<script>alert(1)</script>\n\nA <img src=x onerror=alert(1)> b");
  expect(room.querySelector("script, img")).toBeNull();
  expect(room.textContent).toContain("<script>alert(1)</script>");
});

it("lets links lead to web and mail alone, in a window that knows nothing of ours", () => {
  const room = shown("[a](https://example.com) [b](javascript:alert(1)) [c](data:text/html,x) [d](/v1/session)");
  const links = [...room.querySelectorAll("a")].filter((link) => link.hasAttribute("href"));
  expect(links.map((link) => link.href)).toEqual(["https://example.com/"]);
  expect([links[0]?.rel, links[0]?.target]).toEqual(["noopener noreferrer nofollow", "_blank"]);
});

it("names pictures and fetches none", () => {
  const room = shown("![a cat](https://elsewhere.example/cat.png)");
  expect(room.querySelector("img")).toBeNull();
  expect(room.textContent).toContain("[a cat]");
});
