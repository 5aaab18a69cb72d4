// Carries small files in one request each. A key names the operation, so that a repetition after a lost answer makes nothing
// twice; tus would need two requests for that promise.
import { Problem, type Schemas, api } from "../api/client";
import { isReadable } from "./disk";
import { type Fault, faultOf, unreadable } from "./fault";
import type { Job, Sender } from "./sender";

/** Files up to this length go in one request, in bytes. */
export const SMALL = 1 << 20;

/** A sender that takes one request for a new small file, and `other` for everything else. */
export function postSender(other: Sender): Sender {
  return {
    begin(job, watch) {
      // A new version is no POST: it has no key.
      if (job.url !== "" || job.file.size > SMALL || job.goal.file) return other.begin(job, watch);
      const stop = new AbortController();
      post(job, stop.signal).then(watch.arrived, async (error) => watch.broke(await faultOfPost(error, job.file)));
      return { stop: () => stop.abort() };
    },
    discard: (url) => other.discard(url),
  };
}

async function post({ file, goal, key }: Job, signal: AbortSignal): Promise<Schemas["File"]> {
  const { folder, record } = goal;
  return api.post<Schemas["File"]>("/v1/files", {
    query: { name: file.name, folder, record, on_conflict: "number" },
    headers: { "Idempotency-Key": key, "Content-Type": file.type || "application/octet-stream" },
    body: file,
    signal,
  });
}

async function faultOfPost(error: unknown, file: File): Promise<Fault> {
  if (!(await isReadable(file))) return unreadable();
  if (!(error instanceof Problem)) return faultOf({ status: 0 });
  const { status, code, detail, errors } = error;
  return faultOf({ status, body: JSON.stringify({ code, detail, errors }) });
}
