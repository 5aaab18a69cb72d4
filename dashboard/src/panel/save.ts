// Saves bytes under a name: an address of another origin would be shown instead, where the browser can show what is there.

/** Hands bytes to the browser as a download. */
export function save(bytes: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(bytes);
  link.download = name;
  link.click();
  // The browser has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
