// Arithmetic of a list of which only what can be seen is there.

/** Which rows are drawn: `first` up to and without `last`. */
export type Span = { first: number; last: number };

/** The rows that a view of `height` shows when it is scrolled to `top`, with `spare` more on both sides. */
export function span(rows: number, rowHeight: number, top: number, height: number, spare: number): Span {
  if (rows === 0 || rowHeight <= 0) return { first: 0, last: 0 };
  const first = Math.floor(Math.max(0, top) / rowHeight) - spare;
  const last = Math.ceil((Math.max(0, top) + height) / rowHeight) + spare;
  return { first: Math.min(Math.max(0, first), rows), last: Math.max(0, Math.min(last, rows)) };
}

/** How many tiles of at least `least` wide stand side by side. */
export function columns(width: number, least: number, gap: number): number {
  return Math.max(1, Math.floor((width + gap) / (least + gap)));
}

/** Where to scroll so that a row is seen whole, coming from `top`. */
export function reveal(row: number, rowHeight: number, top: number, height: number): number {
  const start = row * rowHeight;
  if (start < top) return start;
  const end = start + rowHeight;
  return end > top + height ? end - height : top;
}
