import { describe, expect, it } from "vitest";
import { faultOf, unreadable } from "./fault";
import { LANES, Queue } from "./queue";
import { FakeWorld, away, file } from "./world.fake";

function made(...files: File[]): { world: FakeWorld; queue: Queue } {
  const world = new FakeWorld();
  const queue = new Queue(world);
  queue.add(files.map((one) => ({ file: one, folder: "" })), {});
  return { world, queue };
}

const states = (queue: Queue) => queue.list.map(({ state }) => state);

describe("the queue", () => {
  it("runs three at once, and the next when one has arrived", () => {
    const { world, queue } = made(...["a", "b", "c", "d"].map((name) => file(name)));
    expect(world.begun.length).toBe(LANES);
    world.begun[1]!.watch.arrived({ id: "1", name: "b-1" });
    expect(states(queue)).toEqual(["running", "done", "running", "running"]);
    expect(queue.list[1]!.arrived?.name).toBe("b-1");
    expect(queue.list[1]!.file).toBeNull();
  });

  it("keeps the tree of what was dropped below where it was dropped", () => {
    const world = new FakeWorld();
    const queue = new Queue(world);
    queue.add([{ file: file("a"), folder: "in/deep" }], { folder: "/here", record: "deal/1" });
    expect(world.last.job.goal).toEqual({ folder: "/here/in/deep", record: "deal/1" });
  });

  it("stops one that is paused, lets the next run, and goes on at the same address", () => {
    const { world, queue } = made(file("a"));
    const first = world.last;
    first.watch.stands("/v1/uploads/7", world.time + 1e6);
    queue.pause(queue.list[0]!.id);
    expect(first.stopped).toBe(true);
    queue.resume(queue.list[0]!.id);
    expect(world.last.job.url).toBe("/v1/uploads/7");
    expect(states(queue)).toEqual(["running"]);
  });

  it("hears nothing of what it stopped", () => {
    const { world, queue } = made(file("a"));
    const first = world.last;
    queue.pause(queue.list[0]!.id);
    first.watch.sent(50);
    first.watch.broke(away);
    expect(queue.list[0]!.state).toBe("paused");
    queue.resume(queue.list[0]!.id);
    first.watch.broke(away);
    expect(queue.list[0]!.state).toBe("running");
    expect(queue.list[0]!.sent).toBe(0);
  });

  it("gives a cancelled upload up on the server, and forgets it", () => {
    const { world, queue } = made(file("a"));
    world.last.watch.stands("/v1/uploads/7", world.time + 1e6);
    expect(world.memos.size).toBe(1);
    queue.cancel(queue.list[0]!.id);
    expect([world.discarded, world.memos.size, queue.list.length]).toEqual([["/v1/uploads/7"], 0, 0]);
  });

  it("tries again by itself after longer and longer rests, as long as the server is away", () => {
    const { world, queue } = made(file("a"));
    for (const seconds of [1, 2, 4, 8, 16, 30, 30]) {
      const tries = world.begun.length;
      world.last.watch.broke(away);
      expect(queue.list[0]!.state).toBe("resting");
      world.pass(seconds * 1000 - 1);
      expect(world.begun.length).toBe(tries);
      world.pass(1);
      expect(world.begun.length).toBe(tries + 1);
    }
    world.last.watch.sent(10);
    world.last.watch.broke(away);
    world.pass(1000);
    expect(queue.list[0]!.state).toBe("running");
  });

  it("does not send everything that waits against a server that is away", () => {
    const { world, queue } = made(...Array.from({ length: 50 }, (_, at) => file(`f${at}`)));
    for (const { watch } of [...world.begun]) watch.broke(away);
    expect(world.begun.length).toBe(LANES);
    expect(queue.summary.count.waiting).toBe(47);
    world.pass(1000);
    expect(world.begun.length).toBe(2 * LANES);
  });

  it("goes on at once when the network is back", () => {
    const { world, queue } = made(file("a"));
    world.isOnline = false;
    world.last.watch.broke(away);
    world.pass(29_000);
    expect(states(queue)).toEqual(["resting"]);
    queue.release();
    expect(states(queue)).toEqual(["running"]);
  });

  it("gives up after a few errors that are the server's own, until somebody says otherwise", () => {
    const { world, queue } = made(file("a"));
    for (let turn = 0; queue.list[0]!.state !== "failed"; turn++) {
      expect(turn).toBeLessThan(10);
      world.last.watch.broke(faultOf({ status: 500 }));
      world.pass(60_000);
    }
    queue.retry(queue.list[0]!.id);
    expect(states(queue)).toEqual(["running"]);
  });

  it("does not repeat what was refused, and goes on with the others", () => {
    const { world, queue } = made(file("a"), file("b"));
    world.begun[0]!.watch.broke(faultOf({ status: 413, body: "quota: The account may store no more than 1000 bytes." }));
    expect(states(queue)).toEqual(["failed", "running"]);
    expect(queue.list[0]!.fault?.words).toMatch(/no room.*1.00 kB/);
  });

  it("begins again where the server has forgotten the upload", () => {
    const { world, queue } = made(file("a"));
    world.last.watch.stands("/v1/uploads/7", world.time + 1e6);
    world.last.watch.sent(60);
    world.last.watch.broke(faultOf({ status: 404 }));
    expect([queue.list[0]!.sent, world.memos.size]).toEqual([0, 0]);
    world.pass(1000);
    expect(world.last.job.url).toBe("");
    world.last.watch.broke(faultOf({ status: 404 }));
    expect(states(queue)).toEqual(["failed"]);
  });

  it("sends smaller pieces where something on the way refuses large ones", () => {
    const { world } = made(file("a", 1e9));
    const { piece } = world.last.job;
    world.last.watch.broke(faultOf({ status: 413, body: "<html>" }));
    world.pass(1000);
    expect(world.last.job.piece).toBeLessThan(piece);
  });

  it("starts nothing while nobody is signed in, and goes on afterwards", () => {
    const { world, queue } = made(...["a", "b", "c", "d"].map((name) => file(name)));
    for (const { watch } of [...world.begun]) watch.broke(faultOf({ status: 401 }));
    world.pass(3_600_000);
    expect([queue.isHeld, world.begun.length]).toEqual([true, LANES]);
    queue.release();
    expect(queue.summary.count.running).toBe(LANES);
  });

  it("sends nothing of one person as another, and keeps what was begun for the first", () => {
    const { world, queue } = made(file("a"), file("b"));
    const first = world.begun[0]!;
    first.watch.stands("/v1/uploads/7", world.time + 1e6);
    for (const { watch } of [...world.begun]) watch.broke(faultOf({ status: 401 }));
    queue.leave();
    queue.release();
    world.pass(60_000);
    expect([queue.list.length, world.begun.length, world.discarded.length, world.memos.size]).toEqual([0, 2, 0, 1]);
  });

  it("asks for a file that changed on the disk", () => {
    const { world, queue } = made(file("a", 100, 1));
    world.last.watch.broke(unreadable());
    const { id } = queue.list[0]!;
    expect(states(queue)).toEqual(["interrupted"]);
    expect(queue.choose(id, file("a", 100, 2))).toBe("another_file");
    expect(queue.choose(id, file("a", 100, 1))).toBe("goes_on");
    expect(states(queue)).toEqual(["running"]);
  });

  it("names the same operation in every try, so that nothing is made twice", () => {
    const { world } = made(file("a"));
    const { key } = world.last.job;
    world.last.watch.broke(away);
    world.pass(1000);
    expect(world.last.job.key).toBe(key);
  });

  it("holds ten thousand files, and tells its watchers of them rarely", () => {
    const world = new FakeWorld();
    const queue = new Queue(world);
    let told = 0;
    queue.watch(() => told++);
    queue.add(Array.from({ length: 10_000 }, (_, at) => ({ file: file(`f${at}`), folder: "" })), {});
    for (let at = 0; at < 10_000; at++) {
      world.begun[at]!.watch.arrived({ id: `${at}`, name: `f${at}` });
      if (at % 100 === 0) world.pass(100);
    }
    expect(queue.summary.count.done).toBe(10_000);
    expect(told).toBeLessThanOrEqual(101);
    queue.clear();
    expect(queue.list.length).toBe(0);
  });

  it("knows when leaving the page would stop something", () => {
    const { world, queue } = made(file("a"));
    expect(queue.isBusy).toBe(true);
    queue.pause(queue.list[0]!.id);
    expect(queue.isBusy).toBe(true);
    queue.resume(queue.list[0]!.id);
    world.last.watch.arrived({ id: "1", name: "a" });
    expect(queue.isBusy).toBe(false);
  });
});

describe("after a reload", () => {
  async function reloaded(): Promise<{ world: FakeWorld; queue: Queue }> {
    const world = new FakeWorld();
    const memo = { name: "film.mp4", size: 900, modified: 5, sent: 300, expires: world.time + 1e6 };
    world.memos.set("old", { id: "old", url: "/v1/uploads/7", goal: { folder: "/films" }, ...memo });
    const queue = new Queue(world);
    await queue.recall(world.memory);
    return { world, queue };
  }

  it("shows what was left unfinished, and asks for its file", async () => {
    const { world, queue } = await reloaded();
    expect(queue.list.map(({ state, name, sent }) => [state, name, sent])).toEqual([["interrupted", "film.mp4", 300]]);
    expect([world.begun.length, queue.isBusy]).toEqual([0, false]);
  });

  it("goes on with a file that is dropped on the same place once more, instead of sending it twice", async () => {
    const { world, queue } = await reloaded();
    queue.add([{ file: file("film.mp4", 900, 5), folder: "films" }], {});
    expect([queue.list.length, world.last.job.url]).toEqual([1, "/v1/uploads/7"]);
  });

  it("takes the same file for another place as a new one", async () => {
    const { world, queue } = await reloaded();
    queue.add([{ file: file("film.mp4", 900, 5), folder: "elsewhere" }], {});
    expect([queue.list.length, world.last.job.url]).toEqual([2, ""]);
  });

  it("forgets what has arrived", async () => {
    const { world, queue } = await reloaded();
    queue.choose("old", file("film.mp4", 900, 5));
    world.last.watch.arrived({ id: "1", name: "film.mp4" });
    expect(world.memos.size).toBe(0);
  });
});
