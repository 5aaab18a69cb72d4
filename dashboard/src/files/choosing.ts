// Which lines of a list are chosen, where the keyboard stands, and how both change.

/** `chosen` holds keys. `cursor` and `anchor` are places in the list; -1 is nowhere. */
export type Choice = { chosen: ReadonlySet<string>; cursor: number; anchor: number };

export const nothing: Choice = { chosen: new Set(), cursor: -1, anchor: -1 };

/** How a step or click is meant: over all that lies between, or besides what is chosen already. */
export type Manner = { extend?: boolean; add?: boolean };

/** Goes to the line `to`, or to the nearest one there is. */
export function step(choice: Choice, keys: readonly string[], to: number, { extend, add }: Manner = {}): Choice {
  if (keys.length === 0) return nothing;
  const cursor = Math.min(Math.max(0, to), keys.length - 1);
  if (extend) {
    const anchor = choice.anchor < 0 ? Math.max(choice.cursor, 0) : Math.min(choice.anchor, keys.length - 1);
    const between = keys.slice(Math.min(anchor, cursor), Math.max(anchor, cursor) + 1);
    return { chosen: new Set(add ? [...choice.chosen, ...between] : between), cursor, anchor };
  }
  // With Ctrl the keyboard goes on and leaves what is chosen as it is.
  if (add) return { ...choice, cursor };
  return { chosen: new Set([keys[cursor] as string]), cursor, anchor: cursor };
}

/** Chooses the line, or lets go of it; all others stay as they are. */
export function toggle(choice: Choice, keys: readonly string[], at: number): Choice {
  const key = keys[at];
  if (key === undefined) return choice;
  const chosen = new Set(choice.chosen);
  if (!chosen.delete(key)) chosen.add(key);
  return { chosen, cursor: at, anchor: at };
}

/** Chooses all lines. */
export function all(choice: Choice, keys: readonly string[]): Choice {
  return { chosen: new Set(keys), cursor: Math.max(0, choice.cursor), anchor: 0 };
}

/** Lets go of everything; the keyboard stays where it is. */
export function none(choice: Choice): Choice {
  return { chosen: new Set(), cursor: choice.cursor, anchor: choice.cursor };
}

/** What is left of a choice when the list was `before` and has become another one. The keyboard stays on its line; where that is
 *  gone, on the line that took its place. */
export function settle(choice: Choice, before: readonly string[], keys: readonly string[]): Choice {
  const there = new Set(keys);
  const chosen = new Set([...choice.chosen].filter((key) => there.has(key)));
  return { chosen, cursor: follow(choice.cursor, before, keys), anchor: follow(choice.anchor, before, keys) };
}

function follow(at: number, before: readonly string[], keys: readonly string[]): number {
  const key = before[at];
  if (key === undefined || keys[at] === key) return Math.min(at, keys.length - 1);
  const now = keys.indexOf(key);
  return now < 0 ? Math.min(at, keys.length - 1) : now;
}
