// What the dock says of uploads, in words.
import { count, number, size } from "../part/format";
import { duration } from "./rate";
import type { Summary } from "./summary";
import type { Transfer } from "./transfer";

/** One line of a transfer's state. */
export function lineOf(transfer: Transfer, now: number): string {
  switch (transfer.state) {
    case "waiting": return `Waiting, ${size(transfer.size)}`;
    case "running": return running(transfer, now);
    case "paused": return `Paused at ${portion(transfer)}`;
    case "resting": return again(transfer, now);
    case "interrupted": return transfer.fault?.words ?? `Interrupted at ${portion(transfer)}. Choose the file again to go on.`;
    case "failed": return transfer.fault?.words ?? "It failed.";
    case "done": return arrived(transfer);
  }
}

function running(transfer: Transfer, now: number): string {
  const { sent, size: all, rate } = transfer;
  if (sent >= all && all > 0) return "Being stored";
  if (sent === 0) return `Sending, ${size(all)}`;
  const perSecond = rate.perSecond(now);
  const left = perSecond > 0 ? `${size(perSecond)}/s, ${duration((all - sent) / perSecond)} left` : "";
  return [portion(transfer), left].filter(Boolean).join(" · ");
}

function portion({ sent, size: all }: Transfer): string {
  return `${size(Math.min(sent, all))} of ${size(all)}`;
}

function again({ again: at, fault }: Transfer, now: number): string {
  if (fault?.kind === "signed_out") return "Signed out. It goes on when you are signed in.";
  const when = at > now ? `Trying again in ${duration((at - now) / 1000)}` : "Trying again";
  return `${when}. ${fault?.words ?? ""}`.trim();
}

function arrived({ arrived: file, name, size: all, goal }: Transfer): string {
  if (goal.file) return `New version of ${file?.name ?? name}, ${size(all)}`;
  return file && file.name !== name ? `Saved as ${file.name}, ${size(all)}` : `Uploaded, ${size(all)}`;
}

/** How far everything is, in per cent: all of it only when the last one is done. */
export function percent({ work, worked, all, count: by }: Summary): number {
  if (all > 0 && by.done === all) return 100;
  return work > 0 ? Math.min(99, Math.floor((worked / work) * 100)) : 0;
}

/** The line below the dock's heading. */
export function detailOf(summary: Summary): string {
  const { count: by, all, perSecond, left } = summary;
  const busy = by.running + by.waiting + by.resting;
  const speed = busy > 0 && left !== null ? `${size(perSecond)}/s, ${duration(left)} left` : "";
  const failed = busy > 0 && by.failed > 0 ? `${by.failed} failed` : "";
  return [`${number(by.done)} of ${number(all)} done`, speed, failed].filter(Boolean).join(" · ");
}

/** What everything comes to: the dock's heading. */
export function headingOf({ count: by, all }: Summary, held: boolean): string {
  const busy = by.running + by.waiting + by.resting;
  if (held && busy > 0) return "Waiting for you to sign in";
  if (busy > 0) return `Uploading ${count(busy, "file")}`;
  if (by.paused > 0) return `${count(by.paused, "upload")} paused`;
  if (by.failed > 0) return `${count(by.failed, "upload")} failed`;
  if (by.interrupted > 0) return `${count(by.interrupted, "upload")} interrupted`;
  return `${count(all, "file")} uploaded`;
}

/** What is read out when `now` follows `before`; empty for nothing worth hearing. */
export function heardOf(before: Summary, now: Summary): string {
  const busy = (of: Summary) => of.count.running + of.count.waiting + of.count.resting;
  if (busy(before) === 0 && busy(now) > 0) return `Uploading ${count(busy(now), "file")}.`;
  if (busy(before) > 0 && busy(now) === 0) {
    const { done, failed, paused } = now.count;
    const parts = [done > 0 && `${count(done, "file")} uploaded`, failed > 0 && `${failed} failed`, paused > 0 && `${paused} paused`];
    return `${parts.filter(Boolean).join(", ") || "Uploads stopped"}.`;
  }
  return now.count.failed > before.count.failed ? `${count(now.count.failed, "upload")} failed.` : "";
}

/** The order in which they are shown: what needs somebody, what moves, what waits, what is done. */
export function shown(list: readonly Transfer[]): Transfer[] {
  const [needs, moves, waits, done]: [Transfer[], Transfer[], Transfer[], Transfer[]] = [[], [], [], []];
  for (const transfer of list) {
    const { state } = transfer;
    if (state === "failed" || state === "interrupted") needs.push(transfer);
    else if (state === "waiting") waits.push(transfer);
    else if (state === "done") done.push(transfer);
    else moves.push(transfer);
  }
  return [...needs, ...moves, ...waits, ...done.reverse()];
}
