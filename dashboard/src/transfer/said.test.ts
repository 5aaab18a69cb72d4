import { expect, it } from "vitest";
import { faultOf } from "./fault";
import { Queue } from "./queue";
import { headingOf, heardOf, lineOf, percent, shown } from "./said";
import { FakeWorld, away, file } from "./world.fake";

function three() {
  const world = new FakeWorld();
  const queue = new Queue(world);
  const before = queue.summary;
  queue.add(["a", "b", "c"].map((name) => ({ file: file(name, 1_000_000), folder: "" })), {});
  return { world, queue, before };
}

it("a line says what an upload is at", () => {
  const { world, queue } = three();
  const [a, b, c] = world.begun;
  a!.watch.sent(250_000);
  world.pass(1000);
  a!.watch.sent(500_000);
  b!.watch.broke(away);
  c!.watch.arrived({ id: "3", name: "c-1" });
  expect(queue.list.map((transfer) => lineOf(transfer, world.time))).toEqual([
    "500 kB of 1.00 MB · 250 kB/s, 2 s left",
    "Trying again in 1 s. The server cannot be reached.",
    "Saved as c-1, 1.00 MB",
  ]);
});

it("those that need somebody come first, those that are done last", () => {
  const { world, queue } = three();
  world.begun[0]!.watch.arrived({ id: "1", name: "a" });
  world.begun[2]!.watch.broke(faultOf({ status: 422, body: "name_invalid: filename: it must not be empty" }));
  expect(shown(queue.list).map(({ name }) => name)).toEqual(["c", "b", "a"]);
});

it("beginnings, ends and failures are read out, and nothing between", () => {
  const { world, queue, before } = three();
  const begun = queue.summary;
  expect(heardOf(before, begun)).toBe("Uploading 3 files.");
  world.begun[0]!.watch.arrived({ id: "1", name: "a" });
  const one = queue.summary;
  expect([heardOf(begun, one), headingOf(one, false), percent(one)]).toEqual(["", "Uploading 2 files", 33]);
  world.begun[1]!.watch.arrived({ id: "2", name: "b" });
  world.begun[2]!.watch.broke(faultOf({ status: 403 }));
  expect(heardOf(one, queue.summary)).toBe("2 files uploaded, 1 failed.");
  expect(headingOf(queue.summary, false)).toBe("1 upload failed");
});
