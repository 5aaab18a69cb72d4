// The tree of folders, of which only what was opened has been asked for.
import { api, type Page } from "../api/client";
import { fail } from "../part/toast.svelte";
import { type Folder, above, trail } from "./entry";

/** A folder in the tree. `below` is `null` until it was asked for. */
export class Branch {
  below: Branch[] | null = $state(null);
  open = $state(false);
  busy = $state(false);
  /** Where the rest of the folders below begins, if not all came. */
  cursor: string | null = $state(null);

  constructor(
    readonly path: string,
    readonly name: string,
    /** How many folders were in it when it was read. */
    private readonly folders = 1,
  ) {}

  /** Whether there is nothing to open. */
  get hollow(): boolean {
    return this.below ? this.below.length === 0 : this.folders === 0;
  }
}

/** A line of the tree as it is seen. */
export type Line = { branch: Branch; level: number; place: number; of: number };

export class FolderTree {
  readonly root = new Branch("/", "Files");
  /** The lines in view, from the top. */
  readonly lines: Line[] = $derived(lines(this.root, 1, 1, 1));

  /** Opens a folder and asks for what is in it. */
  async unfold(branch: Branch): Promise<void> {
    branch.open = true;
    if (branch.below === null && !branch.busy) await this.#ask(branch);
  }

  fold(branch: Branch): void {
    branch.open = false;
  }

  /** Asks for further folders of one that has very many. */
  async further(branch: Branch): Promise<void> {
    if (branch.cursor && !branch.busy) await this.#ask(branch);
  }

  async #ask(branch: Branch): Promise<void> {
    branch.busy = true;
    try {
      const query = { parent: branch.path, sort: "name", counts: true, limit: 500, cursor: branch.cursor };
      const page = await api.get<Page<Folder>>("/v1/folders", { query });
      const known = new Set(branch.below?.map((one) => one.path));
      const fresh = page.items.filter((folder) => !known.has(folder.path)).map((folder) => new Branch(folder.path, folder.name, folder.holds?.folders));
      branch.below = [...(branch.below ?? []), ...fresh];
      branch.cursor = page.next_cursor ?? null;
    } catch (problem) {
      branch.open = false;
      fail(problem);
    }
    branch.busy = false;
  }

  /** Opens every folder that leads to a path. */
  async lead(path: string): Promise<void> {
    let branch = this.root;
    await this.unfold(branch);
    for (const [name, step] of trail(path).slice(1)) {
      let next = branch.below?.find((one) => one.path === step);
      if (!next && branch.cursor) {
        next = new Branch(step, name);
        branch.below = [...(branch.below ?? []), next];
      }
      if (!next) return;
      if (step !== path) await this.unfold(next);
      branch = next;
    }
  }

  /** Reads the folders below a path anew, if they are known. */
  async renew(path: string): Promise<void> {
    const branch = this.find(path);
    // One that was empty gets its first folder now.
    if (!branch || (branch.below === null && !branch.hollow)) return;
    const before = new Map(branch.below?.map((one) => [one.path, one]));
    const was = branch.below;
    branch.below = null;
    branch.cursor = null;
    await this.#ask(branch);
    // What was open stays so; what could not be read anew is shown as it was.
    const now = branch.below as Branch[] | null;
    branch.below = now ? now.map((one) => before.get(one.path) ?? one) : was;
  }

  /** The folder at a path, if it has come. */
  find(path: string): Branch | null {
    if (path === "/") return this.root;
    return this.find(above(path))?.below?.find((one) => one.path === path) ?? null;
  }
}

function lines(branch: Branch, level: number, place: number, of: number): Line[] {
  const below = branch.open ? (branch.below ?? []) : [];
  return [{ branch, level, place, of }, ...below.flatMap((one, i) => lines(one, level + 1, i + 1, below.length))];
}
