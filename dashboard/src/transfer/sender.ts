// Between the queue, which decides what goes when, and what carries the bytes.
import type { Fault } from "./fault";
import type { Goal } from "./goal";

/** What is to be sent. */
export interface Job {
  file: File;
  goal: Goal;
  /** Address of the upload that it goes on with; empty begins one. */
  url: string;
  /** Names this operation once and for all, so that a repetition makes nothing twice. */
  key: string;
  /** Most bytes in one request. */
  piece: number;
}

/** The file that an upload became. */
export interface Arrived {
  /** Its id; empty where the caller may not see it. */
  id: string;
  /** Its name on the server, which differs where the name was taken. */
  name: string;
}

/** Who hears of it. Nothing is told any more after `stop`. */
export interface Watch {
  /** Bytes sent so far. */
  sent(bytes: number): void;
  /** The upload stands at this address, until `expires` (milliseconds since 1970). */
  stands(url: string, expires: number): void;
  arrived(file: Arrived): void;
  broke(fault: Fault): void;
}

/** Something that is being sent. */
export interface Sending {
  /** Stops; what the server has stays there. */
  stop(): void;
}

/** What carries bytes. */
export interface Sender {
  begin(job: Job, watch: Watch): Sending;
  /** Gives an upload up on the server. */
  discard(url: string): Promise<void>;
}
