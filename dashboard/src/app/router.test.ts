import { describe, expect, it } from "vitest";
import { folderAddress, go, recordAddress, route, understand } from "./router.svelte";

describe("an address", () => {
  it("names a screen", () => {
    expect(understand("/").name).toBe("files");
    expect(understand("/trash").name).toBe("trash");
    expect(understand("/trash/more").name).toBe("unknown");
    expect(understand("/file").name).toBe("unknown");
  });

  it("carries the path of a folder, decoded", () => {
    expect(understand("/files/contracts/a%20b%2Fc").params.path).toBe("/contracts/a b/c");
    expect(understand("/files").params.path).toBe("/");
    expect(understand("/files/50%").params.path).toBe("/50%");
  });

  it("carries a record and its query", () => {
    const { name, params, query } = understand("/record/contact/42?tab=feed");
    expect([name, params, query.get("tab")]).toEqual(["record", { type: "contact", id: "42" }, "feed"]);
  });
});

describe("the address of a folder", () => {
  it("leads back to it", () => {
    for (const path of ["/contracts", "/a b/ü", "/50%/x?y#z"]) expect(understand(folderAddress(path)).params.path).toBe(path);
    expect(folderAddress("/")).toBe("/");
  });

  it("keeps clear of addresses of another API", () => {
    for (const path of ["/v3", "/v3/files", "/2026-03/a"]) {
      const { name, query } = understand(folderAddress(path));
      expect([name, query.get("folder")]).toEqual(["files", path]);
      expect(folderAddress(path).startsWith("/files?")).toBe(true);
    }
  });
});

describe("the address of a record", () => {
  it("leads back to it, whatever its id has in it", () => {
    expect(understand(recordAddress("deal/a b/7")).params).toEqual({ type: "deal", id: "a b/7" });
  });
});

describe("going", () => {
  it("changes what is shown, and the browser's address", () => {
    go("/record/contact/42?x=1");
    expect([route.name, route.params.id, route.query.get("x")]).toEqual(["record", "42", "1"]);
    expect(location.pathname + location.search).toBe("/record/contact/42?x=1");
  });
});
