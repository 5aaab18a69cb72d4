// The queue of uploads: what goes when, what happens after an error, and what is remembered. It knows neither the network nor
// the screen; both are given to it.
import type { Fault } from "./fault";
import { type Goal, below, settled } from "./goal";
import type { Memory } from "./memory";
import { REST_LONGEST, rest } from "./rest";
import type { Arrived, Sender, Watch } from "./sender";
import { type Move, after, isBusy } from "./state";
import type { Summary } from "./summary";
import { type Clock, Teller } from "./teller";
import { PIECE, Transfer } from "./transfer";
import type { Found } from "./tree";

/** Uploads that run at once. */
export const LANES = 3;
/** How much may go before it is remembered again, in bytes: it is only shown, the server knows better. */
const KEEP_EVERY = 16 << 20;

/** What the queue needs from the world. */
export interface World extends Clock {
  sender: Sender;
  memory: Memory;
  /** Between 0 and 1. */
  chance(): number;
  online(): boolean;
  /** A text that nobody else has. */
  unique(): string;
}

/** What became of a choice of a file for an interrupted upload. */
export type Choice = "goes_on" | "another_file";

/** See the module's head. */
export class Queue {
  readonly list: Transfer[] = [];
  #byId = new Map<string, Transfer>();
  #arrivals = new Set<(file: Arrived, goal: Goal) => void>();
  #running = new Set<Transfer>();
  /** Where the next waiting one is looked for: nothing before it waits. */
  #from = 0;
  #held = false;
  /** Nothing new begins before, in milliseconds of the clock: a server that is away would only refuse it too. */
  #calmUntil = 0;
  #memory: Memory;
  readonly #teller: Teller;

  constructor(private readonly world: World) {
    this.#memory = world.memory;
    this.#teller = new Teller(world, this.list);
  }

  /** Adds files. Those that an earlier page began to send to the same place go on instead. */
  add(found: Iterable<Found>, to: Goal): void {
    const interrupted = new Map(
      this.list.filter((t) => t.state === "interrupted").map((t) => [JSON.stringify(t.goal) + t.print(), t]),
    );
    for (const { file, folder } of found) {
      const goal = below(to, folder);
      const fresh = Transfer.of(this.world.unique(), file, goal);
      const known = interrupted.get(JSON.stringify(goal) + fresh.print());
      if (known) this.choose(known.id, file);
      else this.#insert(fresh);
    }
    this.#pump();
  }

  /** Shows what an earlier page left unfinished, and remembers there from now on. */
  async recall(memory: Memory): Promise<void> {
    this.#memory = memory;
    for (const memo of await memory.recall(this.world.now())) {
      if (!this.#byId.has(memo.id)) this.#insert(Transfer.from({ ...memo, goal: settled(memo.goal) }));
    }
    this.#teller.changed();
  }

  /** Gives an interrupted upload its file again. */
  choose(id: string, file: File): Choice {
    const transfer = this.#byId.get(id);
    if (!transfer?.isOf(file)) return "another_file";
    transfer.file = file;
    this.#move(transfer, "choose");
    this.#pump();
    return "goes_on";
  }

  /** Gives files to those interrupted uploads that they belong to, wherever these go; answers how many. */
  chooseAgain(files: readonly File[]): number {
    const interrupted = this.list.filter(({ state }) => state === "interrupted");
    return interrupted.filter((transfer) => {
      const file = files.find((one) => transfer.isOf(one));
      return file && this.choose(transfer.id, file) === "goes_on";
    }).length;
  }

  pause(id: string): void {
    const transfer = this.#byId.get(id);
    if (transfer && this.#move(transfer, "pause")) this.#pump();
  }

  resume(id: string): void {
    const transfer = this.#byId.get(id);
    if (transfer && this.#move(transfer, "resume")) this.#pump();
  }

  /** Tries again now what failed or rests. */
  retry(id: string): void {
    const transfer = this.#byId.get(id);
    if (!transfer || transfer.state === "running" || !this.#move(transfer, "retry")) return;
    transfer.attempts = 0;
    this.#pump();
  }

  /** Takes one out of the queue, and off the server where it is not finished. */
  cancel(id: string): void {
    const transfer = this.#byId.get(id);
    if (!transfer) return;
    this.#drop([transfer]);
    this.#pump();
  }

  pauseAll(): void {
    for (const transfer of this.list) this.#move(transfer, "pause");
    this.#teller.changed();
  }

  resumeAll(): void {
    for (const transfer of this.list) this.#move(transfer, "resume");
    this.#pump();
  }

  retryAll(): void {
    for (const transfer of this.list) {
      if (transfer.state !== "running" && this.#move(transfer, "retry")) transfer.attempts = 0;
    }
    this.#pump();
  }

  cancelAll(): void {
    this.#drop(this.list.filter(({ state }) => state !== "done"));
  }

  /** Takes out what is finished. */
  clear(): void {
    this.#drop(this.list.filter(({ state }) => state === "done"));
  }

  /** Stops and shows nothing any more: somebody else is here now. What has begun stays on the server, and remembered. */
  leave(): void {
    for (const transfer of this.list) this.#stop(transfer);
    this.list.length = 0;
    this.#byId.clear();
    this.#from = 0;
    this.#held = false;
    this.#teller.changed();
  }

  /** The way is free again: the network is back, or somebody signed in. */
  release(): void {
    this.#held = false;
    this.#calmUntil = 0;
    for (const transfer of this.list) if (transfer.state === "resting") this.#move(transfer, "retry");
    this.#pump();
  }

  /** Whether nothing goes on before somebody signs in. */
  get isHeld(): boolean {
    return this.#held;
  }

  /** Whether leaving the page would stop something. */
  get isBusy(): boolean {
    return this.list.some(({ state, file }) => isBusy(state) || (state === "paused" && file !== null));
  }

  /** Counts, bytes and time of everything. */
  get summary(): Summary {
    return this.#teller.summary;
  }

  /** Calls `told` after changes, ten times a second at most. The answer ends that. */
  watch(told: () => void): () => void {
    return this.#teller.watch(told);
  }

  /** Calls `told` for every file that has arrived. The answer ends that. */
  onArrived(told: (file: Arrived, goal: Goal) => void): () => void {
    this.#arrivals.add(told);
    return () => this.#arrivals.delete(told);
  }

  #insert(transfer: Transfer): void {
    this.list.push(transfer);
    this.#byId.set(transfer.id, transfer);
  }

  #drop(gone: Transfer[]): void {
    const ids = new Set(gone.map(({ id }) => id));
    for (const transfer of gone) {
      this.#stop(transfer);
      this.#byId.delete(transfer.id);
      this.#memory.forget(transfer.id);
      // Where this fails the server forgets it by itself.
      if (transfer.url !== "" && transfer.state !== "done") this.world.sender.discard(transfer.url).catch(() => {});
    }
    this.list.splice(0, this.list.length, ...this.list.filter(({ id }) => !ids.has(id)));
    this.#from = 0;
    this.#teller.changed();
  }

  #stop(transfer: Transfer): void {
    transfer.turn += 1;
    transfer.sending?.stop();
    transfer.sending = null;
    this.#running.delete(transfer);
    transfer.rate.reset();
  }

  /** Moves one, and does what belongs to its new state. False where the move makes no sense. */
  #move(transfer: Transfer, move: Move): boolean {
    const state = after(transfer.state, move);
    if (state === null) return false;
    if (transfer.state === "running") this.#stop(transfer);
    transfer.state = state;
    if (state === "waiting") {
      transfer.fault = null;
      transfer.again = 0;
      this.#from = 0;
    }
    this.#teller.changed();
    return true;
  }

  /** Starts what waits, as far as there are lanes. */
  #pump(): void {
    for (; this.#from < this.list.length && this.#running.size < LANES; this.#from++) {
      if (this.#held || this.world.now() < this.#calmUntil) break;
      const transfer = this.list[this.#from];
      if (transfer?.state === "waiting") this.#begin(transfer);
    }
    this.#teller.changed();
  }

  #begin(transfer: Transfer): void {
    const { file, goal, url, id: key, piece } = transfer;
    if (!file || !this.#move(transfer, "start")) return;
    transfer.turn += 1;
    this.#running.add(transfer);
    const watch = this.#watchOf(transfer, transfer.turn);
    transfer.sending = this.world.sender.begin({ file, goal, url, key, piece }, watch);
  }

  #watchOf(transfer: Transfer, turn: number): Watch {
    const heard = (what: () => void) => {
      if (transfer.turn === turn && transfer.state === "running") what();
    };
    return {
      sent: (bytes) => heard(() => this.#sent(transfer, bytes)),
      stands: (url, expires) => heard(() => this.#stands(transfer, url, expires)),
      arrived: (file) => heard(() => this.#arrived(transfer, file)),
      broke: (fault) => heard(() => this.#broke(transfer, fault)),
    };
  }

  #sent(transfer: Transfer, bytes: number): void {
    if (bytes > transfer.sent) transfer.attempts = 0;
    const kept = Math.floor(transfer.sent / KEEP_EVERY);
    transfer.sent = bytes;
    transfer.rate.note(this.world.now(), bytes);
    if (transfer.url !== "" && Math.floor(bytes / KEEP_EVERY) !== kept) this.#memory.keep(transfer.memo());
    this.#teller.changed();
  }

  #stands(transfer: Transfer, url: string, expires: number): void {
    const isNew = transfer.url !== url || transfer.expires !== expires;
    transfer.url = url;
    transfer.expires = expires;
    if (isNew) this.#memory.keep(transfer.memo());
  }

  #arrived(transfer: Transfer, file: Arrived): void {
    this.#move(transfer, "arrive");
    this.#calmUntil = 0;
    transfer.sent = transfer.size;
    transfer.arrived = file;
    transfer.fault = null;
    // The bytes are safe elsewhere; thousands of files should not be held on to.
    transfer.file = null;
    this.#memory.forget(transfer.id);
    for (const told of this.#arrivals) told(file, transfer.goal);
    this.#pump();
  }

  #broke(transfer: Transfer, fault: Fault): void {
    const refused = fault.kind === "refused" || (fault.kind === "gone" && transfer.url === "");
    if (fault.kind === "gone") this.#beginAgain(transfer);
    if (fault.kind === "smaller") transfer.piece = Math.max(PIECE.least, Math.ceil(transfer.piece / 4));
    if (fault.kind === "signed_out") this.#held = true;
    transfer.attempts += 1;
    if (fault.kind === "unreadable") {
      this.#move(transfer, "lose");
      transfer.file = null;
    } else if (refused || transfer.attempts > fault.tries) {
      this.#move(transfer, "fail");
    } else {
      this.#rest(transfer, fault);
    }
    transfer.fault = fault;
    this.#pump();
  }

  /** The server has nothing of it any more. */
  #beginAgain(transfer: Transfer): void {
    this.#memory.forget(transfer.id);
    transfer.url = "";
    transfer.sent = 0;
  }

  #rest(transfer: Transfer, fault: Fault): void {
    this.#move(transfer, "rest");
    if (fault.kind === "signed_out") return;
    const pause = this.world.online() ? rest(transfer.attempts, this.world.chance()) : REST_LONGEST;
    const ms = Math.max(fault.wait, pause);
    transfer.again = this.world.now() + ms;
    if (fault.tries === Infinity) this.#calmUntil = transfer.again;
    const { turn } = transfer;
    this.world.later(ms, () => {
      if (transfer.turn !== turn || !this.#byId.has(transfer.id)) return;
      if (transfer.state === "resting") this.#move(transfer, "retry");
      this.#pump();
    });
  }
}
