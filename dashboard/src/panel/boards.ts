// Boards whose element left the page while they were at work. Their uploads go on; the next element of the same record, as pages
// make them when somebody comes back, takes the board over as it is.
import { Board, type Host } from "./board.svelte";

const orphans = new Map<string, Board>();

/** The board for a record: the one that was left at work, or a new one. */
export function boardFor(server: string, record: string, host: Host): Board {
  const key = `${server} ${record}`;
  const left = orphans.get(key);
  if (!left) return new Board(server, record, host);
  orphans.delete(key);
  left.host = host;
  return left;
}

/** Leaves a board: it ends when it has nothing to do any more. */
export function leave(board: Board, record: string): void {
  if (!board.queue.isBusy) return board.close();
  const key = `${board.access.server} ${record}`;
  orphans.set(key, board);
  const end = board.queue.watch(() => {
    const isOurs = orphans.get(key) === board;
    if (isOurs && board.queue.isBusy) return;
    end();
    if (!isOurs) return;
    orphans.delete(key);
    board.close();
  });
}
