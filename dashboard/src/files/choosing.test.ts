import { describe, expect, it } from "vitest";
import { all, none, nothing, settle, step, toggle } from "./choosing";

const keys = ["a", "b", "c", "d", "e"];
const chosen = (choice: { chosen: ReadonlySet<string> }) => [...choice.chosen].join("");

describe("choosing", () => {
  it("takes the line one goes to and lets go of the others", () => {
    const first = step(nothing, keys, 1);
    expect(chosen(step(first, keys, 2))).toBe("c");
  });

  it("stops at both ends", () => {
    expect(step(nothing, keys, -1).cursor).toBe(0);
    expect(step(nothing, keys, 9).cursor).toBe(4);
    expect(step(nothing, [], 0)).toBe(nothing);
  });

  it("takes all between the anchor and the cursor with shift, whichever way one goes", () => {
    const anchored = step(nothing, keys, 2);
    const down = step(anchored, keys, 4, { extend: true });
    expect(chosen(down)).toBe("cde");
    expect(chosen(step(down, keys, 0, { extend: true }))).toBe("abc");
  });

  it("goes on without changing what is chosen with ctrl", () => {
    const anchored = step(nothing, keys, 2);
    const moved = step(anchored, keys, 4, { add: true });
    expect([chosen(moved), moved.cursor]).toEqual(["c", 4]);
    expect(chosen(toggle(moved, keys, 4))).toBe("ce");
  });

  it("adds a range to what is chosen with ctrl and shift", () => {
    const two = toggle(step(nothing, keys, 0), keys, 3);
    expect(chosen(step(two, keys, 4, { extend: true, add: true }))).toBe("ade");
  });

  it("lets go of a chosen line by toggling it, and ignores lines that are not there", () => {
    const one = step(nothing, keys, 1);
    expect(chosen(toggle(one, keys, 1))).toBe("");
    expect(toggle(one, keys, 7)).toBe(one);
  });

  it("takes all and none", () => {
    const everything = all(nothing, keys);
    expect([chosen(everything), everything.cursor]).toEqual(["abcde", 0]);
    expect([chosen(none(everything)), none(everything).cursor]).toEqual(["", 0]);
  });

  it("forgets what is no longer there, and stays within the list", () => {
    const left = settle(all({ ...nothing, cursor: 4 }, keys), keys, ["a", "c"]);
    expect([chosen(left), left.cursor]).toEqual(["ac", 1]);
    expect(settle(all(nothing, keys), keys, []).cursor).toBe(-1);
  });

  it("stays on its line when another one comes before it", () => {
    const here = step(nothing, keys, 2);
    const left = settle(here, keys, ["new", ...keys]);
    expect([chosen(left), left.cursor, left.anchor]).toEqual(["c", 3, 3]);
  });
});
