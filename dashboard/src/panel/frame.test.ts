import { afterEach, expect, it } from "vitest";
import { frame } from "./frame";

afterEach(() => history.replaceState(null, "", "/"));

function framed(address: string): HTMLElement {
  history.replaceState(null, "", address);
  const element = document.createElement("div");
  frame(element);
  return element;
}

it("the record comes from the query, the token from the fragment, which is taken away", () => {
  const element = framed("/panel?record=contact%2F42&theme=dark#token=att_1");
  expect([element.getAttribute("record"), element.getAttribute("theme"), element.getAttribute("token")]).toEqual(["contact/42", "dark", "att_1"]);
  expect(location.href).not.toContain("att_1");
});

it("a token is taken from the page around, and from nobody else", () => {
  const element = framed("/panel?record=contact%2F42");
  const say = (data: unknown, source: Window | null) => window.dispatchEvent(new MessageEvent("message", { data, source }));
  say({ type: "attache-token", token: "evil" }, null);
  say({ type: "other", token: "evil" }, window.parent);
  say({ type: "attache-token", token: 5 }, window.parent);
  say(null, window.parent);
  expect(element.getAttribute("token")).toBeNull();
  say({ type: "attache-token", token: "att_2" }, window.parent);
  expect(element.getAttribute("token")).toBe("att_2");
});
