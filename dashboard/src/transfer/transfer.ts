// One file on its way to the server, as the queue keeps it and the dock shows it.
import type { Fault } from "./fault";
import { fingerprint, type Goal } from "./goal";
import type { Memo } from "./memory";
import { Rate } from "./rate";
import type { Arrived, Sending } from "./sender";
import type { State } from "./state";

/** Largest and smallest piece that is sent in one request, in bytes: many proxies stop at 100 MB. */
export const PIECE = { least: 1 << 20, usual: 8 << 20, most: 64 << 20 };

/** See the module's head. Only the queue writes to it. */
export class Transfer {
  state: State = "waiting";
  /** The bytes; `null` where the page that had them is gone. */
  file: File | null = null;
  /** Bytes that are sent. */
  sent = 0;
  /** Address on the server; empty before it has one. */
  url = "";
  expires = 0;
  piece: number;
  /** Why it rests, was interrupted, or failed. */
  fault: Fault | null = null;
  /** When it tries again by itself, in milliseconds of the queue's clock; 0 for when it can. */
  again = 0;
  /** Tries since anything last moved. */
  attempts = 0;
  /** Counts beginnings: what an older one still tells is not heard. */
  turn = 0;
  arrived: Arrived | null = null;
  sending: Sending | null = null;
  readonly rate = new Rate();

  constructor(
    readonly id: string,
    readonly name: string,
    readonly size: number,
    readonly modified: number,
    readonly goal: Goal,
  ) {
    this.piece = Math.min(PIECE.most, Math.max(PIECE.usual, Math.ceil(size / 100)));
  }

  /** One for a file that was just chosen. */
  static of(id: string, file: File, goal: Goal): Transfer {
    const transfer = new Transfer(id, file.name, file.size, file.lastModified, goal);
    transfer.file = file;
    return transfer;
  }

  /** One that an earlier page began. */
  static from(memo: Memo): Transfer {
    const transfer = new Transfer(memo.id, memo.name, memo.size, memo.modified, memo.goal);
    transfer.state = "interrupted";
    transfer.url = memo.url;
    transfer.expires = memo.expires;
    transfer.sent = memo.sent;
    return transfer;
  }

  /** What is to be remembered of it. */
  memo(): Memo {
    const { id, url, name, size, modified, goal, sent, expires } = this;
    return { id, url, name, size, modified, goal, sent, expires };
  }

  /** Whether a file of the disk is the one that this began with, as far as a page can tell. */
  isOf(file: File): boolean {
    return this.print() === fingerprint({ name: file.name, size: file.size, modified: file.lastModified });
  }

  /** See [`fingerprint`]. */
  print(): string {
    return fingerprint(this);
  }
}
