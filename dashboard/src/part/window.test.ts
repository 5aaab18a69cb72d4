import { describe, expect, it } from "vitest";
import { columns, reveal, span } from "./window";

describe("the rows that are drawn", () => {
  it("are those in view and some more on both sides", () => {
    expect(span(1000, 40, 4000, 400, 5)).toEqual({ first: 95, last: 115 });
  });

  it("are cut off at both ends of the list", () => {
    expect(span(1000, 40, 0, 400, 5)).toEqual({ first: 0, last: 15 });
    expect(span(1000, 40, 39_600, 400, 5)).toEqual({ first: 985, last: 1000 });
    expect(span(3, 40, 0, 400, 5)).toEqual({ first: 0, last: 3 });
  });

  it("are none of an empty list, and stay in a list that became shorter", () => {
    expect(span(0, 40, 800, 400, 5)).toEqual({ first: 0, last: 0 });
    expect(span(10, 40, 80_000, 400, 5)).toEqual({ first: 10, last: 10 });
  });

  it("begin at the top where a browser scrolls beyond it", () => {
    expect(span(100, 40, -30, 400, 0)).toEqual({ first: 0, last: 10 });
  });
});

describe("tiles", () => {
  it("stand side by side as many as fit with their gaps, at least one", () => {
    expect([columns(500, 160, 12), columns(504, 160, 12), columns(503, 160, 12), columns(80, 160, 12)]).toEqual([2, 3, 2, 1]);
  });
});

describe("a row that is to be seen", () => {
  it("moves the view no further than needed", () => {
    expect(reveal(3, 40, 0, 400)).toBe(0);
    expect(reveal(10, 40, 0, 400)).toBe(40);
    expect(reveal(2, 40, 200, 400)).toBe(80);
  });
});
