// The disk that files are on, as far as a page sees it.

/** Whether the file on the disk is still the one that was chosen. */
export function isReadable(file: File): Promise<boolean> {
  const reader = new FileReader();
  return new Promise((resolve) => {
    reader.addEventListener("load", () => resolve(true));
    reader.addEventListener("error", () => resolve(false));
    reader.readAsArrayBuffer(file.slice(0, 1));
  });
}
