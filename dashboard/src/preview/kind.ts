// How a file can be looked at.
import type { File } from "../files/entry";

export type Look = "image" | "svg" | "pdf" | "csv" | "markdown" | "text" | "audio" | "video" | "none";

// What every browser shows by itself.
const PICTURES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp", "image/x-icon", "image/vnd.microsoft.icon"]);
const SOUNDS = new Set(["audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav", "audio/x-wav", "audio/webm", "audio/flac", "audio/aac", "audio/x-m4a"]);
const FILMS = new Set(["video/mp4", "video/webm", "video/ogg", "video/quicktime"]);
const WORDS = new Set([
  "application/json", "application/ld+json", "application/xml", "application/javascript", "application/x-javascript", "application/ecmascript",
  "application/x-sh", "application/x-yaml", "application/yaml", "application/toml", "application/sql", "application/x-sql", "application/x-httpd-php",
  "application/xhtml+xml", "application/rtf", "application/x-ndjson", "application/graphql", "message/rfc822",
]);
const MARKDOWN = new Set(["md", "markdown", "mdown"]);
const TABLES = new Set(["csv", "tsv"]);
// A small picture can be made of these, though browsers do not show them.
const MADE = new Set(["image/tiff", "image/x-tga", "image/qoi", "image/x-portable-anymap"]);

/** How a file with this type and extension can be looked at. Pages are shown as their source. */
export function lookOf(mediaType: string, extension: string): Look {
  const type = mediaType.split(";")[0]?.trim().toLowerCase() ?? "";
  const ending = extension.toLowerCase();
  if (type === "image/svg+xml") return "svg";
  if (PICTURES.has(type) || MADE.has(type)) return "image";
  if (SOUNDS.has(type)) return "audio";
  if (FILMS.has(type)) return "video";
  if (type === "application/pdf") return "pdf";
  if (type === "text/csv" || type === "text/tab-separated-values" || (type === "text/plain" && TABLES.has(ending))) return "csv";
  if (type === "text/markdown" || (type === "text/plain" && MARKDOWN.has(ending))) return "markdown";
  if (type.startsWith("text/") || WORDS.has(type) || type.endsWith("+json") || type.endsWith("+xml")) return "text";
  return "none";
}

/** How a file can be looked at. */
export function look(file: File): Look {
  return lookOf(file.version.media_type, file.extension);
}

/** Whether a browser shows the picture itself, so that it need not be a smaller one. */
export function isShown(file: File): boolean {
  return PICTURES.has(file.version.media_type);
}

/** Address of the active version's content. It gives the same for ever, so browsers may keep it. */
export function contentOf(file: File): string {
  return `/v1/files/${file.id}/versions/${file.version.no}/content`;
}
