import { expect, it } from "vitest";
import { decode } from "./beginning";

it("reads the charset that it is told", () => {
  expect(decode(new Uint8Array([0x63, 0x61, 0x66, 0xe9]), "iso-8859-1")).toBe("café");
});

it("takes a charset that nobody knows for UTF-8", () => {
  expect(decode(new TextEncoder().encode("café"), "klingon")).toBe("café");
});

it("leaves out a letter that was cut in the middle", () => {
  expect(decode(new TextEncoder().encode("café").subarray(0, 4), "utf-8")).toBe("caf");
});
