// The first bytes of a file, as text.
import { send } from "../api/client";
import type { File } from "../files/entry";
import { contentOf } from "./kind";

/** Text, and whether it is all there is. */
export type Beginning = { text: string; whole: boolean };

/** Fetches at most `most` bytes and reads them in the charset that the server found. */
export async function beginning(file: File, most: number, signal?: AbortSignal): Promise<Beginning> {
  const { size, encoding } = file.version;
  if (size === 0) return { text: "", whole: true };
  const headers = size > most ? { Range: `bytes=0-${most - 1}` } : undefined;
  const response = await send("GET", contentOf(file), { headers, signal });
  const bytes = new Uint8Array(await response.arrayBuffer()).subarray(0, most);
  return { text: decode(bytes, encoding ?? "utf-8"), whole: size <= most };
}

/** Reads bytes in a charset; in UTF-8 where nobody knows the charset. What was cut within a letter loses that letter alone. */
export function decode(bytes: Uint8Array, charset: string): string {
  return decoder(charset).decode(bytes, { stream: true });
}

function decoder(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder("utf-8");
  }
}
