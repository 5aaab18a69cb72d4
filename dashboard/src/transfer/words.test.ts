import { describe, expect, it } from "vitest";
import { faultOf } from "./fault";
import { below, settled } from "./goal";
import { Rate, duration, secondsLeft } from "./rate";
import { REST_LONGEST, rest } from "./rest";

describe("a fault", () => {
  const table: [number, string, string, RegExp][] = [
    [0, "", "broken", /cannot be reached/],
    [401, "unauthenticated: The credential is missing.", "signed_out", /signed out/],
    [403, "missing_scope: The token lacks the scope 'files:write'.", "refused", /files:write/],
    [404, "", "gone", /no longer knows/],
    [409, "cut: The body ended before it was complete.", "broken", /ended/],
    [409, "exists: A file is there already: number 101.", "refused", /already/],
    [409, "state: The file is not in a state for this: it is in the trash", "refused", /trash/],
    [413, "file_too_large: The file is too large: the limit is 2147483648.", "refused", /2.15 GB is the most/],
    [413, "<html>Request Entity Too Large</html>", "smaller", /piece/],
    [422, '{"code":"name_invalid","detail":"d","errors":[{"detail":"it must not hold a slash"}]}', "refused", /slash/],
    [429, "too_many: The account has 1000 open uploads.", "broken", /1000/],
    [460, "checksum: The bytes that came do not have the digest.", "broken", /digest/],
    [503, "", "broken", /busy/],
    [507, "storage_full: The server's storage is full; nothing was stored.", "refused", /full/],
  ];
  it.each(table)("of status %i and %j is %s", (status, body, kind, words) => {
    const fault = faultOf({ status, body });
    expect(fault.kind).toBe(kind);
    expect(fault.words).toMatch(words);
  });

  it("waits as long as the server says, and not for ever", () => {
    expect(faultOf({ status: 503, retryAfter: "5" }).wait).toBe(5000);
    expect(faultOf({ status: 503, retryAfter: "86400" }).wait).toBe(120_000);
    expect(faultOf({ status: 503, retryAfter: "soon" }).wait).toBe(0);
  });
});

describe("time", () => {
  it("is told as people count", () => {
    expect([duration(0.2), duration(59), duration(61), duration(3599), duration(7500)]).toEqual(["1 s", "59 s", "1 min", "1 h", "2 h 5 min"]);
  });

  it("is foretold from the last seconds", () => {
    const rate = new Rate();
    expect(rate.perSecond(0)).toBe(0);
    for (let at = 0; at <= 20_000; at += 500) rate.note(at, at < 10_000 ? at * 10 : 100_000 + (at - 10_000) * 2);
    expect(rate.perSecond(20_000)).toBeCloseTo(2000, -2);
    expect(secondsLeft(4000, 2000)).toBe(2);
    expect(secondsLeft(4000, 0)).toBeNull();
  });

  it("is longer in a stall", () => {
    const rate = new Rate();
    for (let at = 0; at <= 4000; at += 500) rate.note(at, at);
    expect(rate.perSecond(40_000)).toBeLessThan(200);
  });

  it("rests grow to half a minute, a quarter more or less", () => {
    expect([rest(1, 0), rest(1, 1), rest(3, 0.5), rest(30, 0.5)]).toEqual([750, 1250, 4000, REST_LONGEST]);
  });
});

describe("a goal", () => {
  it("is the same however it is written", () => {
    expect(settled({ folder: "//a/b/" })).toEqual({ folder: "/a/b" });
    expect(settled({ folder: "/", record: "" })).toEqual({});
    expect(below({ folder: "/a" }, "b/c")).toEqual({ folder: "/a/b/c" });
    expect(below({ file: "7", folder: "/a" }, "b")).toEqual({ file: "7" });
  });
});
