// What a search asks for: the words and filters that stand in the address, and what the server is asked.

/** The filters, as texts of the address; empty ones do not count. */
export type Filters = {
  q: string;
  kind: string;
  type: string;
  extension: string;
  least: string;
  most: string;
  after: string;
  before: string;
  under: string;
  record: string;
  access: string;
};

const NAMES: (keyof Filters)[] = ["q", "kind", "type", "extension", "least", "most", "after", "before", "under", "record", "access"];

/** Reads the filters of an address. */
export function filtersOf(query: URLSearchParams): Filters {
  return Object.fromEntries(NAMES.map((name) => [name, query.get(name) ?? ""])) as Filters;
}

/** The address that shows what passes the filters. */
export function searchAddress(filters: Partial<Filters>): string {
  const query = new URLSearchParams();
  for (const name of NAMES) if (filters[name]) query.set(name, filters[name]);
  const text = query.toString();
  return text ? `/search?${text}` : "/search";
}

/** How many filters there are besides the words. */
export function counted(filters: Filters): number {
  return NAMES.filter((name) => name !== "q" && filters[name]).length;
}

/** What the server is asked. Days begin and end as they do here; sizes are in megabytes. */
export function asked(filters: Filters): Record<string, string> {
  const wanted: Record<string, string> = {
    q: filters.q.trim(),
    kind: filters.kind,
    type: filters.type.trim(),
    extension: filters.extension.trim().replace(/^\./, ""),
    size_min: bytes(filters.least),
    size_max: bytes(filters.most),
    updated_after: dayAt(filters.after, 0),
    updated_before: dayAt(filters.before, 1),
    under: filters.under.trim(),
    record: filters.record.trim(),
    access: filters.access,
  };
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== ""));
}

function bytes(megabytes: string): string {
  const value = Number.parseFloat(megabytes);
  return Number.isFinite(value) && value >= 0 ? String(Math.round(value * 1_000_000)) : "";
}

/** The moment at which a day begins, or the one `later` days after it. */
function dayAt(text: string, later: number): string {
  const [year, month, day] = text.split("-").map(Number);
  if (!year || !month || !day) return "";
  return new Date(year, month - 1, day + later).toISOString();
}
