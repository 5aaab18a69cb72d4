import { expect, it } from "vitest";
import { asked, counted, filtersOf, searchAddress } from "./filters";

const filters = (query: string) => filtersOf(new URLSearchParams(query));

it("stand in the address and come back from it", () => {
  const address = searchAddress({ q: "lease & co", kind: "image", under: "/contracts" });
  expect(address).toBe("/search?q=lease+%26+co&kind=image&under=%2Fcontracts");
  expect(filters(address.split("?")[1] ?? "")).toMatchObject({ q: "lease & co", kind: "image", under: "/contracts", type: "" });
  expect(searchAddress({})).toBe("/search");
});

it("are counted without the words", () => {
  expect(counted(filters("q=a&kind=image&record=contact/42"))).toBe(2);
});

it("ask the server for what was filled in, and nothing else", () => {
  expect(asked(filters("q=+lease+&extension=.pdf"))).toEqual({ q: "lease", extension: "pdf" });
  expect(asked(filters(""))).toEqual({});
});

it("take sizes for megabytes, and leave out what is none", () => {
  expect(asked(filters("least=1.5&most=x"))).toEqual({ size_min: "1500000" });
  expect(asked(filters("least=-3"))).toEqual({});
});

it("take both days whole, as they are here", () => {
  const { updated_after, updated_before } = asked(filters("after=2026-03-01&before=2026-03-31"));
  expect([updated_after, updated_before]).toEqual([new Date(2026, 2, 1).toISOString(), new Date(2026, 3, 1).toISOString()]);
});
