import { describe, expect, it } from "vitest";
import { blank, plan } from "./intake";
import { DAY, daysUntil } from "./span";

describe("the form of an intake link", () => {
  it("sends the record and leaves to the server what was left empty", () => {
    expect(plan(blank("contact/42"))).toEqual({ record: "contact/42", max_files: 10, hidden: false, expires_in: 7 * DAY });
  });

  it("reads types between blanks and commas, and megabytes", () => {
    const form = { ...blank(" deal/7 "), types: "image/*, .docx;application/pdf", max_size: 1.5, title: " Papers " };
    expect(plan(form)).toMatchObject({
      record: "deal/7", title: "Papers", types: ["image/*", ".docx", "application/pdf"], max_bytes: 1_500_000,
    });
  });
});

describe("days left", () => {
  const now = new Date("2026-03-01T12:00:00Z");

  it("count the day that has begun", () => {
    expect(daysUntil(new Date("2026-03-02T11:59:59Z"), now)).toBe(1);
    expect(daysUntil(new Date("2026-03-02T12:00:01Z"), now)).toBe(2);
  });

  it("are none when the time is over", () => {
    expect(daysUntil(new Date("2026-03-01T11:00:00Z"), now)).toBe(0);
  });
});
