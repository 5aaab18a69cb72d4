import { describe, expect, it } from "vitest";
import { count, distance, moment, size } from "./format";

describe("sizes", () => {
  it("have three digits and the largest fitting unit", () => {
    expect([0, 1, 999, 1000, 1234, 12_345, 123_456, 1_234_567].map(size)).toEqual([
      "0 B", "1 B", "999 B", "1.00 kB", "1.23 kB", "12.3 kB", "123 kB", "1.23 MB",
    ]);
  });

  it("are never written as a thousand of a smaller unit", () => {
    expect([999_499, 999_500, 999_999_999].map(size)).toEqual(["999 kB", "1.00 MB", "1.00 GB"]);
  });

  it("end with the largest unit there is a word for", () => {
    expect(size(5e18)).toBe("5000 PB");
  });
});

describe("counts", () => {
  it("know one from many", () => {
    expect([count(0, "file"), count(1, "file"), count(20_000, "file"), count(2, "entry", "entries")]).toEqual([
      "0 files", "1 file", "20,000 files", "2 entries",
    ]);
  });
});

describe("moments", () => {
  const now = new Date(2026, 4, 20, 15, 30);

  it("are a time today, a day this year, and a date before", () => {
    expect(moment(new Date(2026, 4, 20, 9, 5), now)).toBe("09:05");
    expect(moment(new Date(2026, 0, 2, 9, 5), now)).toBe("2 Jan");
    expect(moment(new Date(2024, 11, 31), now)).toBe("31 Dec 2024");
  });

  it("are so far off from now", () => {
    const off = (seconds: number) => distance(new Date(now.getTime() + seconds * 1000), now);
    expect([off(-5), off(5), off(-7200), off(3 * 86_400), off(90 * 86_400)]).toEqual([
      "just now", "in a moment", "2 hours ago", "in 3 days", "in 3 months",
    ]);
  });
});
