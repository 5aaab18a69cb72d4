import { expect, it } from "vitest";
import { lookOf } from "./kind";

it("shows what browsers know in their own way", () => {
  expect([lookOf("image/png", "png"), lookOf("audio/mpeg", "mp3"), lookOf("video/mp4", "mp4"), lookOf("application/pdf", "pdf")]).toEqual([
    "image", "audio", "video", "pdf",
  ]);
});

it("takes tables and Markdown for what they are, also where the server saw plain text", () => {
  expect([lookOf("text/csv", "csv"), lookOf("text/plain", "tsv"), lookOf("text/markdown", ""), lookOf("text/plain", "md")]).toEqual([
    "csv", "csv", "markdown", "markdown",
  ]);
});

it("shows pages, scripts and data as their source", () => {
  for (const type of ["text/html", "text/javascript", "application/json", "application/vnd.x+json", "application/xhtml+xml; charset=utf-8"]) {
    expect(lookOf(type, "html")).toBe("text");
  }
});

it("shows drawings as pictures, in which nothing runs", () => {
  expect(lookOf("image/svg+xml", "svg")).toBe("svg");
});

it("does not guess at bytes that have no type", () => {
  expect(lookOf("application/octet-stream", "md")).toBe("none");
});
