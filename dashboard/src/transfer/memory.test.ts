import { beforeEach, expect, it } from "vitest";
import { type Memo, browserMemory } from "./memory";

const memo: Memo = { id: "a", url: "/v1/uploads/7", name: "f", size: 9, modified: 1, goal: {}, sent: 3, expires: 1000 };

beforeEach(() => localStorage.clear());

it("another page of the same account finds what was left, another account does not", async () => {
  browserMemory("1.1").keep(memo);
  expect(await browserMemory("1.1").recall(0)).toEqual([memo]);
  expect(await browserMemory("1.2").recall(0)).toEqual([]);
});

it("what has arrived, and what the server has forgotten, is forgotten", async () => {
  const memory = browserMemory("1.1");
  memory.keep(memo);
  expect(await browserMemory("1.1").recall(1000)).toEqual([]);
  expect(localStorage.length).toBe(0);
  memory.keep(memo);
  memory.forget("a");
  expect(localStorage.length).toBe(0);
});

it("what others wrote there is left alone", async () => {
  localStorage.setItem("attache-upload:1.1:x", "{oops");
  localStorage.setItem("attache-upload:1.1:y", '{"id":5}');
  expect(await browserMemory("1.1").recall(0)).toEqual([]);
});
