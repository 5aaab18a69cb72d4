// Where an upload goes: a folder, a record, or an existing file that gets a new version.

/** At most one of `folder` and `file`; `record` may stand beside `folder`. All left out is the root. */
export interface Goal {
  /** Path of a folder such as `/contracts/2026`; made when it is missing. */
  folder?: string;
  /** A record such as `contact/42`. */
  record?: string;
  /** Id of a file: the upload becomes its new version. */
  file?: string;
}

/** The goal without what says nothing, so that equal goals look the same. */
export function settled(goal: Goal): Goal {
  if (goal.file) return { file: goal.file };
  const folder = joined(goal.folder ?? "");
  return { ...(folder === "/" ? {} : { folder }), ...(goal.record ? { record: goal.record } : {}) };
}

/** The same goal, in a folder below its own. */
export function below(goal: Goal, path: string): Goal {
  return path === "" || goal.file ? settled(goal) : settled({ ...goal, folder: joined(`${goal.folder ?? ""}/${path}`) });
}

function joined(path: string): string {
  return `/${path.split("/").filter(Boolean).join("/")}`;
}

/** Tells one file of the disk from another, as far as a page can: by name, size and time of the last change. */
export function fingerprint(file: { name: string; size: number; modified: number }): string {
  return `${file.size} ${file.modified} ${file.name}`;
}
